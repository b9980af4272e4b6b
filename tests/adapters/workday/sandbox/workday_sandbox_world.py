"""A served tenant, a small SOAP client, and a schema check of every answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
from lxml import etree

from adapters.workday.sandbox import (
    CompetencySeed,
    JobFamilyGroupSeed,
    JobFamilySeed,
    JobProfileSeed,
    NamedSeed,
    ScaleSeed,
    Tenant,
    TenantSeed,
    WorkerSeed,
)

DATA = "urn:com.workday/bsvc"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
)
WSU = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
)
TENANT = "jobframe_sandbox"
USER, PASSWORD = "ISU_CONNECTOR", "a-password"
CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "a-client", "a-secret", "first-token"
HR, TALENT, REVIEWS, INTEGRATIONS = (
    "Human_Resources",
    "Talent",
    "Performance_Management",
    "Integrations",
)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

SEED = TenantSeed(
    name=TENANT,
    user_name=USER,
    password=PASSWORD,
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    refresh_token=REFRESH_TOKEN,
    management_levels=(NamedSeed("ML-5", "Level 5"), NamedSeed("ML-6", "Level 6")),
    job_levels=(NamedSeed("JL-1", "Junior"),),
    job_categories=(NamedSeed("JC-1", "Professional"),),
    training_types=(NamedSeed("ONLINE", "Online course"),),
    skill_sources=(NamedSeed("LMS", "Learning system"),),
    certifications=(NamedSeed("CERT-A", "First aid"),),
    competency_categories=(NamedSeed("CORE", "Core"),),
    scales=(
        ScaleSeed("FOUR", "Four steps", (("FOUR-1", "Aware"), ("FOUR-2", "Working"))),
        ScaleSeed("TWO", "Two steps", (("TWO-1", "No"), ("TWO-2", "Yes"))),
    ),
    competencies=(
        CompetencySeed(
            "C-OLD", "Teamwork", "Works with others", "FOUR", {"FOUR-1": "Listens"}
        ),
        CompetencySeed("C-OTHER", "Budgeting", scale_id="TWO"),
    ),
    job_families=(
        JobFamilySeed("F-ENG", "Engineering", "Builds"),
        JobFamilySeed("F-OPS", "Operations"),
    ),
    job_family_groups=(JobFamilyGroupSeed("G-TECH", "Technology", ("F-ENG",)),),
    job_profiles=(
        JobProfileSeed(
            "P-ENG-1",
            "Engineer I",
            ("F-ENG",),
            summary="Builds things",
            description="<p>Builds &amp; mends</p>",
            management_level_id="ML-5",
            competencies=(("C-OLD", "FOUR-1", True), ("C-OTHER", "TWO-2", False)),
            responsibilities=(("<p>Keeps the lights on</p>", True),),
        ),
        JobProfileSeed("P-ENG-2", "Engineer II", ("F-ENG",)),
    ),
    workers=(
        WorkerSeed("0001", "Ann Lee", "P-ENG-2", "ORG-1", "LON", date(2019, 1, 7)),
        WorkerSeed(
            "0002",
            "Bob de Ray",
            "P-ENG-1",
            "ORG-1",
            "LON",
            date(2020, 6, 1),
            manager_id="0001",
            email="bob@example.org",
        ),
        WorkerSeed(
            "0003",
            "Cyn Orr",
            "P-ENG-1",
            "ORG-2",
            "WAW",
            date(2020, 6, 1),
            manager_id="0001",
            country="POL",
            termination_date=date(2025, 12, 31),
        ),
        WorkerSeed(
            "C-9",
            "Dee Fox",
            "P-ENG-1",
            "ORG-2",
            "WAW",
            date(2021, 6, 1),
            is_contingent=True,
        ),
    ),
)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **spans: float) -> None:
        self.now += timedelta(**spans)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, and the element inside its envelope."""

    status: int
    element: etree._Element

    def find_all(self, path: str) -> list[etree._Element]:
        names = "/".join(f"wd:{name}" for name in path.split("/"))
        return self.element.findall(f".//{names}", {"wd": DATA})

    def texts(self, path: str) -> list[str]:
        return [element.text or "" for element in self.find_all(path)]

    def text(self, path: str) -> str:
        return self.texts(path)[0]

    def ids(self, path: str, id_type: str) -> list[str]:
        return [
            element.text or ""
            for element in self.find_all(f"{path}/ID")
            if element.get(f"{{{DATA}}}type") == id_type
        ]

    @property
    def fault_code(self) -> str:
        return self.element.findtext("faultcode") or ""

    @property
    def fault_text(self) -> str:
        return self.element.findtext("faultstring") or ""

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [
            (
                error.findtext(f"{{{DATA}}}Message") or "",
                error.findtext(f"{{{DATA}}}Xpath") or "",
            )
            for error in self.find_all("Validation_Error")
        ]


def username_token(
    user: str = f"{USER}@{TENANT}", password: str = PASSWORD, *, nonce: bool = False
) -> str:
    more = (
        '<wsse:Nonce>MTIz</wsse:Nonce><wsu:Created xmlns:wsu="'
        f'{WSU}">2026-03-02T09:00:00Z</wsu:Created>'
        if nonce
        else ""
    )
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}" env:mustUnderstand="1">'
        f"<wsse:UsernameToken><wsse:Username>{user}</wsse:Username>"
        f"<wsse:Password>{password}</wsse:Password>{more}"
        "</wsse:UsernameToken></wsse:Security>"
    )


DESCRIPTORS = (
    "<wd:Workday_Common_Header><wd:Include_Reference_Descriptors_In_Response>1"
    "</wd:Include_Reference_Descriptors_In_Response></wd:Workday_Common_Header>"
)


def envelope(body: str, header: str | None = None) -> bytes:
    header = username_token() if header is None else header
    return (
        f'<env:Envelope xmlns:env="{SOAP}" xmlns:wd="{DATA}">'
        f"<env:Header>{header}</env:Header><env:Body>{body}</env:Body>"
        "</env:Envelope>"
    ).encode()


_SCHEMAS: dict[str, etree.XMLSchema] = {}


@dataclass
class World:
    """A tenant behind HTTP."""

    tenant: Tenant
    clock: Clock
    url: str
    session: requests.Session
    pauses: list[float] = field(default_factory=list)
    checks_answers: bool = True

    def post(
        self,
        service: str,
        payload: bytes,
        *,
        version: str = "v46.0",
        tenant: str = TENANT,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        return self.session.post(
            f"{self.url}/ccx/service/{tenant}/{service}/{version}",
            data=payload,
            headers={"Content-Type": "text/xml; charset=utf-8", **(headers or {})},
            timeout=30,
        )

    def call(
        self, service: str, body: str, *, header: str | None = None, **options: Any
    ) -> Answer:
        """Send a request element; a success answer must fit the served schema."""
        response = self.post(service, envelope(body, header), **options)
        root = etree.fromstring(response.content)
        element = root.find(f"{{{SOAP}}}Body")[0]
        if response.status_code == 200 and self.checks_answers:
            self.schema(service).assertValid(element)
        return Answer(response.status_code, element)

    def ok(self, service: str, body: str, **options: Any) -> Answer:
        answer = self.call(service, body, **options)
        assert answer.status == 200, etree.tostring(answer.element)
        return answer

    def refused(self, service: str, body: str, **options: Any) -> Answer:
        answer = self.call(service, body, **options)
        assert answer.status == 500, etree.tostring(answer.element)
        return answer

    def schema(self, service: str) -> etree.XMLSchema:
        # Compiled once: the tenants of these tests serve the same schemas.
        if service not in _SCHEMAS:
            wsdl = self.session.get(
                f"{self.url}/ccx/service/{TENANT}/{service}/v46.0?wsdl", timeout=30
            )
            root = etree.fromstring(wsdl.content)
            found = root.find(".//{http://www.w3.org/2001/XMLSchema}schema")
            _SCHEMAS[service] = etree.XMLSchema(found)
        return _SCHEMAS[service]

    def control(self, path: str, **body: Any) -> Any:
        response = self.session.post(
            f"{self.url}/_sandbox/{path}", json=body, timeout=30
        )
        assert response.status_code == 200, response.text
        return response.json()

    def log(self) -> Any:
        return self.session.get(f"{self.url}/_sandbox/log", timeout=30).json()


OpenWorld = Callable[..., World]


def reference(name: str, id_type: str, value: str) -> str:
    return f'<wd:{name}><wd:ID wd:type="{id_type}">{value}</wd:ID></wd:{name}>'


def put_family(data: str, *, reference: str = "", add_only: str = "") -> str:
    attribute = f' wd:Add_Only="{add_only}"' if add_only else ""
    return (
        f"<wd:Put_Job_Family_Request{attribute}>{reference}<wd:Job_Family_Data>"
        f"{data}</wd:Job_Family_Data></wd:Put_Job_Family_Request>"
    )


def put_group(data: str) -> str:
    return (
        "<wd:Put_Job_Family_Group_Request><wd:Job_Family_Group_Data>"
        f"{data}</wd:Job_Family_Group_Data></wd:Put_Job_Family_Group_Request>"
    )


def put_profile(code: str, content: str = "", *, before: str = "") -> str:
    job_code = f"<wd:Job_Code>{code}</wd:Job_Code>" if code else ""
    return (
        f"<wd:Put_Job_Profile_Request>{before}<wd:Job_Profile_Data>{job_code}"
        f"{content}</wd:Job_Profile_Data></wd:Put_Job_Profile_Request>"
    )


def basic(title: str, families: tuple[str, ...] = (), more: str = "") -> str:
    rows = "".join(
        "<wd:Job_Family_Data>"
        f"{reference('Job_Family_Reference', 'Job_Family_ID', family)}"
        "</wd:Job_Family_Data>"
        for family in families
    )
    title = f"<wd:Job_Title>{title}</wd:Job_Title>" if title else ""
    return f"<wd:Job_Profile_Basic_Data>{title}{more}{rows}</wd:Job_Profile_Basic_Data>"


def qualifications(kind: str, rows: tuple[str, ...], *, delete: str = "") -> str:
    name = f"{kind}_Qualification_Replacement"
    attribute = f' wd:Delete="{delete}"' if delete else ""
    content = "".join(f"<wd:{name}_Data>{row}</wd:{name}_Data>" for row in rows)
    return (
        f"<wd:Qualification_Replacement_Data><wd:{name}{attribute}>{content}"
        f"</wd:{name}></wd:Qualification_Replacement_Data>"
    )


def competency_row(competency: str, rating: str = "") -> str:
    rated = (
        reference("Proficiency_Rating_Reference", "Proficiency_Rating_ID", rating)
        if rating
        else ""
    )
    named = reference("Competency_Reference", "Competency_ID", competency)
    return f"{named}{rated}<wd:Required>1</wd:Required>"


def get_profiles(flags: tuple[str, ...] = (), criteria: str = "") -> str:
    group = "".join(f"<wd:{flag}>1</wd:{flag}>" for flag in flags)
    group = f"<wd:Response_Group>{group}</wd:Response_Group>" if flags else ""
    return (
        f"<wd:Get_Job_Profiles_Request>{criteria}{group}</wd:Get_Job_Profiles_Request>"
    )
