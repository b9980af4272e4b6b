"""An administrator who sets a real Moodle up by the checklist, in a browser.

Types what the checklist says and nothing else. Names get a suffix of their own, so that
a site in use stays as it is; all of it is removed at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page

from connector.kit.setup import ChecklistStep, ValueTable

Rows = Sequence[tuple[str, ...]]
_SORTING = "core_reportbuilder_columns_sort"
#: Options of the editor's lists lie below a disabled one that names their group.
_IN_GROUP = """([list, group, name]) => {
  let within = '';
  for (const option of document.querySelector(list).options) {
    const text = option.text.trim();
    if (option.disabled) { within = text; }
    else if (within === group && text === name) { return option.value; }
  }
  return ''; }"""


class Administrator:
    """One who is logged in, and remembers what was made to remove it again."""

    def __init__(self, page: Page, url: str, suffix: str) -> None:
        self.page = page
        self.url = url
        self.suffix = suffix
        self.username = f"jobframe{suffix}"
        self.full_name = f"Job Framework Connector {suffix}"
        self.account = self.role = self.service = self.scale = 0
        self.token = ""
        self.reports: dict[str, int] = {}

    def log_in(self, name: str, password: str) -> None:
        self.go("/login/index.php")
        # The page's scripts put another password field in the place of the first.
        self.page.wait_for_load_state("networkidle")
        self.page.fill("#username", name)
        self.page.fill("#password", password)
        with self.page.expect_navigation():
            self.page.click("#loginbtn")
        self.page.wait_for_url(lambda address: "/login/" not in address)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def submit(self, name: str = "submitbutton") -> None:
        self.page.locator(f"input[type=submit][name={name}]").first.click()
        self.page.wait_for_load_state()

    def tick_features(self) -> None:
        self.go("/admin/settings.php?section=optionalsubsystems")
        for name in ("webservices", "completion", "customreports"):
            self.page.check(f"#id_s__enable{name}")
        self.page.get_by_role("button", name="Save changes").first.click()
        self.page.wait_for_load_state()

    def make_account(self, table: ValueTable) -> None:
        values = {field: value for value, field in table.rows}
        self.go("/user/editadvanced.php?id=-1")
        self.page.select_option(
            "#id_auth", label=values["Choose an authentication method"]
        )
        self.page.fill("#id_username", self.username)
        self.page.fill("#id_firstname", values["First name"])
        self.page.fill("#id_lastname", f"{values['Last name']} {self.suffix}")
        self.page.fill("#id_email", f"{self.username}@corp.example")
        self.page.select_option("#id_timezone", label=values["Timezone"])
        language = re.compile(values["Preferred language"])
        options = self.page.locator("#id_lang option").filter(has_text=language)
        self.page.select_option("#id_lang", options.first.get_attribute("value") or "")
        self.submit()

    def make_role(self, table: ValueTable) -> None:
        self.go("/admin/roles/define.php?action=add")
        self.submit()
        self._show_basic_rights()
        self.page.fill("#shortname", self.username)
        self.page.fill("#name", self.full_name)
        self.page.check("#cl10")
        for name, label, *_ in table.rows:
            box = self.page.locator(f'input[type=checkbox][name="{name}"]')
            row = self.page.locator("tr").filter(has=box).last
            assert label in row.inner_text(), (name, label, row.inner_text())
            box.check()
        self.submit("savechanges")
        self.role = self._number(self.page.url, "roleid")

    def _show_basic_rights(self) -> None:
        if self.page.locator("input[name=toggleadvanced][value^=Hide]").count():
            self.submit("toggleadvanced")

    def assign_role(self) -> None:
        self.go(f"/admin/roles/assign.php?contextid=1&roleid={self.role}")
        self._choose_person("#addselect_searchtext", "#addselect")
        self.account = self.account or 0
        self.page.click("#add")
        self.page.wait_for_load_state()

    def _choose_person(self, search: str, among: str) -> None:
        self.page.fill(search, self.username)
        option = self.page.locator(f"{among} option").filter(has_text=self.suffix)
        option.first.wait_for(state="attached")
        number = option.first.get_attribute("value") or "0"
        self.account = int(number)
        self.page.select_option(among, number)

    def make_service(self, functions: Rows) -> None:
        self.go("/admin/webservice/service.php?id=0")
        self.page.fill("#id_name", self.full_name)
        for name in ("enabled", "restrictedusers"):
            self.page.check(f"#id_{name}")
        self.submit()
        self.service = self._number(self.page.url, "id")
        self.page.get_by_role("link", name="Add functions").first.click()
        self.page.locator("#id_fids").wait_for(state="attached")
        wanted = [name for name, *_ in functions]
        found = self.page.evaluate(
            """(wanted) => {
              const list = document.querySelector('#id_fids');
              const found = [];
              for (const option of list.options) {
                const name = option.text.split(':')[0].trim();
                if (wanted.includes(name)) { option.selected = true; found.push(name); }
              }
              return found; }""",
            wanted,
        )
        assert sorted(found) == sorted(wanted)
        self.submit()
        self.go(f"/admin/webservice/service_users.php?id={self.service}")
        self._choose_person("#addselect_searchtext", "#addselect")
        self.page.click("#add")
        self.page.wait_for_load_state()

    def make_token(self) -> None:
        self.go("/admin/webservice/tokens.php?action=create")
        self._type_account(self.page.locator("#fitem_id_user"))
        self.page.select_option("#id_service", label=self.full_name)
        self.page.uncheck("#id_validuntil_enabled")
        self.submit()
        found = re.search(r"\b[0-9a-f]{32}\b", self.page.inner_text("body"))
        assert found is not None, "no token is shown"
        self.token = found.group(0)

    def _type_account(self, field: Locator) -> None:
        """Find the account by typing into a field that completes names."""
        field.locator("input[type=text]").first.fill(self.suffix)
        found = field.locator("ul[role=listbox] [role=option]", has_text=self.suffix)
        found.first.click()
        field.locator(
            "[role=option][data-value]", has_text=self.suffix
        ).first.wait_for()
        field.locator(".form-autocomplete-selection [data-value]").first.wait_for()

    def make_scale(self, table: ValueTable) -> None:
        values = {field: value for value, field in table.rows}
        name = f"{values['Name']} {self.suffix}"
        self.go("/grade/edit/scale/edit.php?courseid=0")
        self.page.fill("#id_name", name)
        self.page.check("#id_standard", force=True)
        self.page.fill("#id_scale", values["Scale"])
        self.submit()
        row = self.page.locator("tr").filter(has_text=name).first
        address = row.locator('a[href*="edit.php"]').first.get_attribute("href")
        self.scale = self._number(address or "", "id")

    def make_report(self, setting: str, step: ChecklistStep) -> None:
        (table,) = step.tables
        parts: dict[str, list[str]] = {}
        for value, where in table.rows:
            parts.setdefault(where, []).append(value)
        self.go("/reportbuilder/index.php")
        self.page.get_by_role("button", name="New report").click()
        form = self.page.locator(".modal form")
        form.locator("input[name=name]").fill(f"{parts['Name'][0]} {self.suffix}")
        form.locator("select[name=source]").select_option(
            label=parts["Report source"][0]
        )
        form.locator("input[type=checkbox][name=includedefaultsetup]").uncheck()
        form.locator("input[type=checkbox][name=uniquerows]").check()
        self.page.locator(".modal [data-action=save]").click()
        self.page.wait_for_url("**/reportbuilder/edit.php?id=*")
        self.reports[setting] = self._number(self.page.url, "id")
        for label in parts["Columns"]:
            self._add_column(label)
        for condition in parts["Conditions"]:
            self._add("condition", condition.removesuffix(" = Yes"))
            self._set_condition_to_yes(condition)
        for label in parts["Filters"]:
            self._add("filter", label)
        self._sort(parts["Columns"], parts["Sorting"])
        self._let_the_account_see()

    def _add_column(self, label: str) -> None:
        entity, _, name = label.partition(": ")
        card = self.page.locator(".reportbuilder-sidebar-menu .card").filter(
            has=self.page.locator(".card-header").filter(
                has_text=re.compile(rf"^\s*{re.escape(entity)}\s*$")
            )
        )
        button = card.locator(f"[data-action=report-add-column][data-name='{name}']")
        button.first.evaluate("element => element.click()")
        heading = self.page.locator(".reportbuilder-table th").filter(has_text=name)
        heading.first.wait_for()

    def _add(self, what: str, label: str) -> None:
        if label == "none":
            return
        entity, _, name = label.partition(": ")
        region = f"[data-region=settings-{what}s]"
        value = self.page.evaluate(_IN_GROUP, [f"{region} select", entity, name])
        assert value, f"{label} is offered as no {what}"
        select = self.page.locator(f"{region} [data-action=report-add-{what}]")
        select.select_option(value, force=True)
        self.page.locator(f"{region} [data-region=active-{what}]").first.wait_for(
            state="attached"
        )

    def _set_condition_to_yes(self, condition: str) -> None:
        if condition == "none":
            return
        region = self.page.locator("[data-region=settings-conditions]")
        region.locator("select[name$=_operator]").select_option(label="Yes", force=True)
        region.locator("[data-action=save], input[name=submitbutton]").first.evaluate(
            "element => element.click()"
        )
        self.page.wait_for_load_state("networkidle")

    def _sort(self, columns: Sequence[str], labels: Sequence[str]) -> None:
        """Switch sorting on in the order of the list, as its handles are dragged."""
        for place, label in enumerate(labels, start=1):
            name = label.partition(": ")[2]
            # Several columns bear one name; the list begins in the columns' order.
            alike = [one for one in columns if one.partition(": ")[2] == name]
            rows = self.page.locator(f"[data-column-sort-name='{name}']")
            numbers = sorted(
                int(row.get_attribute("data-column-sort-id") or 0) for row in rows.all()
            )
            number = numbers[alike.index(label)]
            column = {"reportid": self._report(), "columnid": number}
            self.ask(f"{_SORTING}_toggle", **column, enabled=True, direction=4)
            self.ask(f"{_SORTING}_reorder", **column, position=place)

    def _report(self) -> int:
        return self._number(self.page.url, "id")

    def _let_the_account_see(self) -> None:
        self.page.get_by_role("tab", name="Audience").click()
        self.page.locator("[data-action=add-audience]").filter(
            has_text="Manually added users"
        ).first.evaluate("element => element.click()")
        card = self.page.locator("[data-region=audience-card]").first
        self._type_account(card)
        # The list of names may still lie over the button.
        card.locator("input[name=submitbutton]").evaluate("button => button.click()")
        self.page.locator("[data-region=audience-card] form").wait_for(state="detached")

    @contextmanager
    def without(self, capability: str) -> Iterator[None]:
        """Take a right from the account for a while, whatever other roles give it."""
        self._permit(capability, "-1000")
        try:
            yield
        finally:
            self._permit(capability, "1")

    def _permit(self, capability: str, permission: str) -> None:
        """Set a right in the role's page: 1 allows, -1000 prohibits."""
        self.go(f"/admin/roles/define.php?action=edit&roleid={self.role}")
        if self.page.locator("input[name=toggleadvanced][value^=Show]").count():
            self.submit("toggleadvanced")
        choice = f'input[type=radio][name="{capability}"][value="{permission}"]'
        self.page.locator(choice).check()
        self.submit("savechanges")

    def remove(self) -> None:
        """Remove all that was made, in the reverse order."""
        if self.role:
            self.go(f"/admin/roles/define.php?action=edit&roleid={self.role}")
            self._show_basic_rights()
        for number in self.reports.values():
            self.go("/reportbuilder/index.php")
            self.ask("core_reportbuilder_reports_delete", reportid=number)
        pages = {
            "/admin/webservice/service.php?action=delete&id=": self.service,
            "/admin/roles/manage.php?action=delete&roleid=": self.role,
            "/admin/user.php?delete=": self.account,
        }
        for page, number in pages.items():
            if number:
                self._confirm(f"{page}{number}")
        self._remove_scale()

    def _remove_scale(self) -> None:
        """Remove the scale, unless somebody was rated on it: Moodle then keeps it."""
        self.go("/grade/edit/scale/index.php?id=0")
        deleting = f"index.php?id=0&scaleid={self.scale}&action=delete"
        if self.page.locator(f'a[href*="{deleting}&"]').count():
            self._confirm(f"/grade/edit/scale/{deleting}")

    def _confirm(self, address: str) -> None:
        """Go to a page that asks whether to go on, and go on."""
        self.go("/admin/search.php")
        key = self.page.evaluate("M.cfg.sesskey")
        self.go(f"{address}&sesskey={key}")
        names = re.compile("Continue|Delete|Yes")
        self.page.locator("[role=main]").get_by_role("button", name=names).first.click()
        self.page.wait_for_load_state()

    def ask(self, function: str, **arguments: Any) -> Any:
        """Call a function as the page's own scripts do."""
        (answer,) = self.page.evaluate(
            """([name, args]) => fetch(
              M.cfg.wwwroot + '/lib/ajax/service.php?sesskey=' + M.cfg.sesskey,
              {method: 'POST', body: JSON.stringify(
                [{index: 0, methodname: name, args: args}])}).then(r => r.json())""",
            [function, arguments],
        )
        assert not answer["error"], answer
        return answer["data"]

    def _number(self, address: str, name: str) -> int:
        return int(parse_qs(urlsplit(address).query)[name][0])
