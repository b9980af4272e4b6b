"""Where an administrator finds things in Moodle 4.5, in the words of its menus.

Words only; Moodle in English, as its menus read for a site administrator.
"""

ADVANCED = "Site administration > General > Advanced features"
HTTP_SECURITY = "Site administration > General > Security > HTTP security"
LOCATION = "Site administration > General > Location > Location settings"
COMPETENCIES = "Site administration > Competencies > Competencies settings"
IMPORT = "Site administration > Competencies > Import competency framework"
TEMPLATES = "Site administration > Competencies > Learning plan templates"
PROTOCOLS = "Site administration > Server > Web services > Manage protocols"
SERVICES = "Site administration > Server > Web services > External services"
TOKENS = "Site administration > Server > Web services > Manage tokens"
TASK_LOGGING = "Site administration > Server > Tasks > Task log configuration"
TASKS = "Site administration > Server > Tasks > Scheduled tasks"
ACCOUNTS = "Site administration > Users > Accounts > Browse list of users"
NEW_ACCOUNT = "Site administration > Users > Accounts > Add a new user"
UPLOAD = "Site administration > Users > Accounts > Upload users"
ROLES = "Site administration > Users > Permissions > Define roles"
SYSTEM_ROLES = "Site administration > Users > Permissions > Assign system roles"
AGREEMENTS = "Site administration > Users > Privacy and policies > User agreements"
SCALES = "Site administration > Grades > Scales"
COURSES = "Site administration > Courses > Manage courses and categories"
AUTHENTICATION = (
    "Site administration > Plugins > Authentication > Manage authentication"
)
FILTERS = "Site administration > Plugins > Filters > Manage filters"
REPORTS = "Site administration > Reports > Report builder > Custom reports"

SCALE_FIX = (
    f"{SCALES}: add a standard scale, then put its id (at the end of the address of "
    "its edit page) into the setting `scales`."
)
