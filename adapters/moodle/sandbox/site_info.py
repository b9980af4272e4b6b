"""What the site says about itself; the sitename marks it as a sandbox."""

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.contract import load_contract
from adapters.moodle.sandbox.faults import RELEASES
from adapters.moodle.sandbox.people import full_name, picture_urls
from adapters.moodle.sandbox.state import SITE_ID
from adapters.moodle.sandbox.tables import Row

_FEATURES = {
    "usecomments": 1,
    "usetags": 1,
    "enablenotes": 1,
    "messaging": 1,
    "enableblogs": 1,
    "enablecompletion": 1,
    "enablebadges": 1,
    "messagingallusers": 0,
    "enablecustomreports": 1,
    "enableglobalsearch": 0,
    "mnet_dispatcher_mode": 0,
    "enablecompetencies": 1,
}


@serves("core_webservice_get_site_info")
def get_site_info(call: Call) -> Row:
    """Return release, account and the functions of the service."""
    contract = load_contract()
    known = (contract.release, contract.version)
    release, version = RELEASES.get(call.site.release, known)
    account = call.state.users.rows[call.user_id]
    functions = sorted(call.site.functions)
    return {
        "sitename": call.site.sitename,
        **{name: account[name] for name in ("username", "firstname", "lastname")},
        "fullname": full_name(account),
        "lang": "en",
        "userid": account["id"],
        "siteurl": call.site.wwwroot,
        "userpictureurl": picture_urls(call)[1],
        "functions": [{"name": name, "version": version} for name in functions],
        "downloadfiles": 0,
        "uploadfiles": 0,
        "release": release,
        "version": version,
        "mobilecssurl": "",
        "advancedfeatures": [
            {"name": name, "value": value} for name, value in _FEATURES.items()
        ],
        "usercanmanageownfiles": True,
        "userquota": 104857600,
        "usermaxuploadfilesize": 67108864,
        "userhomepage": 1,
        "userprivateaccesskey": "0" * 32,
        "siteid": SITE_ID,
        "sitecalendartype": "gregorian",
        "usercalendartype": "gregorian",
        "userissiteadmin": False,
        "theme": "boost",
        "limitconcurrentlogins": 0,
        "policyagreed": 0,
    }
