## Reception desk

brand-reception = Reception desk
nav-patients = Patients
nav-conflicts = Conflicts
nav-trail = Audit
node-unreachable = Posto does not answer
node-unreachable-text = The program on this computer is not running or still starting. Nothing is lost. Start it and try again.
signin-login = Sign-in name
signin-offline = Works without internet: everything is kept on this device.
desk-empty = Choose a patient
desk-empty-text = Search on the left, or start with the keyboard.

## People at the desk

user-menu = Signed in as { $name }: menu
user-switch = Switch person
pin-set = Set a PIN
pin-change = Change PIN
pin-new = New PIN
pin-rule = 4 to 8 digits
pin-saved = PIN saved. You can now switch by PIN on this desk.
switch-title = Switch person
switch-who = Who takes over?
switch-pin-of = PIN of { $name }
switch-go = Switch
switch-hint = Arrow keys choose the person. Drafts of both stay where they are.
switch-password = Sign in with the password
switch-nobody = Nobody else has a PIN here
switch-nobody-text = Whoever signs in once with the password and sets a PIN appears here and can take over in two seconds.

## Keys and palette

keys-search = Search patients
keys-new = New patient
keys-palette = All actions and patients
keys-conflicts = Conflict inbox
keys-trail = Audit trail
keys-sync = Sync details
keys-switch = Switch person
keys-undo = Undo the last action
keys-save = Save
keys-edit = Edit the open record
keys-tabs = Tabs of the record (Alt+1 to 4)
keys-choose = Keep the first, second … value
palette-open = Actions
palette-title = Actions and patients
palette-placeholder = What do you want to do, or whom do you look for?
palette-none = Nothing by that name.
action-new = New patient
action-conflicts = Open the conflict inbox
action-trail = Open the audit trail
action-sync = Show sync details
action-sync-now = Sync now
action-switch = Switch person by PIN
action-theme = Switch light and dark
action-language = Mudar para português
action-keys = Show the keys
action-sign-out = Sign out

## Sync, always in sight

sync-saved-here = Saved on this device
sync-synced-ago = synced { $unit ->
    [now] just now
    [s] { $count } s ago
    [min] { $count } min ago
    [h] { $count } h ago
   *[d] { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
  }
sync-waiting = { $count ->
    [0] nothing waiting
    [one] { $count } change waiting
   *[other] { $count } changes waiting
  }
sync-changes = { $count ->
    [0] none
    [one] { $count } change
   *[other] { $count } changes
  }
sync-conflicts = { $count ->
    [one] { $count } conflict to look at
   *[other] { $count } conflicts to look at
  }
sync-in-sync = in sync with the server
sync-offline-since = Offline since { $time }
sync-offline = Offline
sync-connecting = Connecting
sync-syncing = syncing
sync-first = first sync { $percent } %
sync-refused = The server refuses this computer
sync-changes-refused = { $count ->
    [one] { $count } change was refused
   *[other] { $count } changes were refused
  }
sync-node-silent = Posto does not answer on this computer
sync-node-silent-long = Posto does not answer on this computer. Nothing is lost. Check that it is running.
sync-asking = Looking
sync-open-details = Show what waits and what happened
sync-title = Sync
sync-lead-standalone = This clinic works without a server. Everything is saved on this device and stays here.
sync-lead-offline = There is no connection to the server. Go on working: everything is saved on this device and goes out as soon as the line is back.
sync-lead-connecting = Looking for the server. Everything is saved on this device meanwhile.
sync-lead-syncing = Connected. Changes are on their way.
sync-lead-in-sync = Connected. This device and the server hold the same.
sync-lead-refused = The server does not accept this computer any more. What is saved here stays here. Call your administrator.
sync-first-label = First sync
sync-last = Last synced
sync-never = Never yet
sync-server = Server
sync-waiting-label = Waiting to go out
sync-refused-label = Refused by the server
sync-projecting = Still being sorted in
sync-clock = The clock of this computer is { $minutes } min off. Please set it right.
sync-waits = What waits
sync-scope-clinic = Patients and records of the clinic
sync-scope-location = Records of this location
sync-scope-directory = Staff, places and settings
sync-scope-local = Only on this device
sync-same = the same on both sides
sync-behind = being compared
sync-no-scopes = Nothing has been exchanged yet.
sync-steps = Steps
sync-now = Sync now
sync-step-connect = Connect to the server
sync-step-compare = Compare both sides
sync-step-receive = Receive changes
sync-step-send = Send changes
sync-step-verify = Verify that both hold the same
sync-step-other = Another step
sync-step-state-waiting = to come
sync-step-state-running = now
sync-step-state-done = done
sync-step-state-failed = failed
sync-errors = Recent trouble
sync-no-errors = No trouble lately.
sync-error-server-unreachable = The server could not be reached. Posto keeps trying.
sync-error-certificate-refused = The server did not accept the certificate of this computer.
sync-error-certificate-revoked = An administrator blocked this computer.
sync-error-node-cloned = Another computer uses the same identity. Call your administrator.
sync-error-version-unsupported = Server and computer have versions that do not fit. An update is needed.
sync-error-change-refused = The server refused a change. It stays on this device.
sync-error-fingerprint-mismatch = Both sides differed; they were compared and repaired.
sync-error-storage-failed = This computer could not write to its disk.
sync-error-connection-lost = The connection broke. Posto keeps trying.
sync-error-other = Something went wrong during sync. Posto keeps trying.

## Finding

search-title = Patients
search-label = Search patients by name, phone, document, birth date or record number
search-placeholder = Name, phone, document, birth date
search-results = Patients found
search-found = { $count ->
    [0] Nobody found
    [one] { $count } patient
   *[other] { $count } patients
  }
search-recent = Changed last
search-none = Nobody found
search-none-text = No patient matches “{ $query }”. Try fewer letters, a phone number or the birth date.
search-empty = No patients yet
search-empty-text = Register the first one, or import records on the command line.
result-has-alerts = Allergies or alerts on record
record-number = No. { $number }
civil-name = Civil name
patient-deceased = Deceased
patient-merged = Joined
age-years = { $count ->
    [one] { $count } year
   *[other] { $count } years
  }
age-months = { $count ->
    [one] { $count } month
   *[other] { $count } months
  }

## Registering and editing

register-title = New patient
register-save = Register
register-anyway = Register anyway
register-done = { $name } is registered
register-confirm = Is this really somebody new? Open the record below if it is the same person.
edit-title = Edit { $name }
edit-kept = Your changes were kept.
draft-restored = Your unsaved changes from before are back.
draft-discarded = Discarded
saved = Saved on this device
undone = Taken back
more-fields = Allergies, alerts, guardians, insurance, notes …
not-said = Not said
section-identity = Person
section-documents = Documents
section-contact = Contact
section-allergies = Allergies
section-alerts = Alerts
section-conditions = Conditions
section-medications = Medications
section-guardians = Guardians and contacts
section-insurance = Insurance
section-more = More
section-notes = Notes and tags
section-person = Person
section-tags = Tags
field-name = Full name
field-given = Given names
field-family = Family name
field-social-name = Social name
field-social-name-hint = The name to call the person by
field-birth-date = Birth date
field-sex = Sex
field-mother-name = Mother’s name
field-father-name = Father’s name
field-gender = Gender
field-document-kind = Document
field-document = Number
field-kind = Kind
field-phone = Phone
field-email = E-mail
field-address = Address
field-channel = Preferred channel
field-substance = Substance
field-reactions = Reaction
field-criticality = Severity
field-status = Status
field-alert = Alert
field-severity = Weight
field-condition = Condition
field-code = Code
field-medication = Medication
field-dose = Dose
field-frequency = Frequency
field-guardian = Name
field-role = Relation
field-payer = Insurer
field-plan = Plan
field-member = Member number
field-marital = Marital status
field-blood = Blood type
field-occupation = Occupation
field-nationality = Nationality
field-language = Language
field-note = Note
field-tag = Tag
address-postal-code = ZIP code
address-street = Street
address-number = Number
address-complement = Unit
address-district = District
address-city = City
address-state = State
add-document = Add document
add-phone = Add phone
add-email = Add e-mail
add-address = Add address
add-allergy = Add allergy
add-alert = Add alert
add-condition = Add condition
add-medication = Add medication
add-guardian = Add person
add-insurance = Add insurance
add-note = Add note
add-tag = Add tag
day-placeholder = mm/dd/yyyy
no-known-allergies-said = The person says: no known allergies
rule-required = Needed.
rule-invalid-date = This is not a date: month, day, year.
rule-date-in-future = This lies in the future.
rule-date-too-old = This date is too long ago.
rule-date-order = The first date has to come before the second.
rule-invalid-email = This is not an e-mail address.
rule-invalid-phone = This is not a phone number.
rule-invalid-postal-code = This is not a postal code.
rule-invalid-format = This number has the wrong length or characters.
rule-invalid-check-digit = The digits do not add up: please compare with the document.
rule-invalid-number = This is not a number.
rule-out-of-range = This value is out of range.
rule-unknown-region = There is no such state.
rule-unknown-kind = This kind is not known here.
rule-unknown-language = This language is not known.
rule-wrong-holder = This number belongs to a company, not a person.
rule-duplicate-value = This is there twice.
rule-contradicts-allergies = There are allergies on record, so “none known” cannot be said.
rule-contradicts-date = This does not fit the date of death.
rule-too-long = This is too long.
rule-too-large = This is too large.
rule-too-many = These are too many.
rule-control-characters = There are invisible characters in this. Please type it again.
rule-other = Please check this field.
duplicates-title = Possibly the same person
duplicates-none = While you type, Posto looks whether this person is already registered.
duplicates-found = { $count ->
    [one] Already registered?
   *[other] { $count } similar people
  }
duplicates-lead = Open the record instead if it is the same person. What you typed is kept.
duplicates-likely = Very likely
duplicates-same = The same:
duplicates-other = But another:
duplicates-open = Open record
reason-same-document = document
reason-same-external-id = number in another system
reason-same-name = name
reason-similar-name = similar name
reason-same-birth-date = birth date
reason-similar-birth-date = similar birth date
reason-same-phone = phone
reason-same-email = e-mail
reason-same-mother = mother’s name
reason-other-document = document
reason-other-birth-date = birth date
reason-other-sex = sex

## Words of lists

sex-female = Female
sex-male = Male
sex-other = Intersex
sex-unknown = Unknown
phone-mobile = Mobile
phone-home = Home
phone-work = Work
phone-fax = Fax
phone-pager = Pager
channel-whatsapp = WhatsApp
channel-sms = SMS
channel-email = E-mail
channel-voice = Call
channel-in-app = In the app
channel-post = Letter
document-cpf = CPF
document-cns = CNS
document-rg = RG
document-cnh = CNH
document-pis = PIS/NIS
document-rnm = RNM
document-passport = Passport
document-birth-certificate = Birth certificate
document-mrn = Record elsewhere
document-ssn = SSN
document-itin = ITIN
document-driver-license = Driver’s license
document-driver-licence = Driver’s license
document-medicare = Medicare
document-npi = NPI
criticality-high = Severe
criticality-low = Mild
criticality-unable-to-assess = Not assessed
severity-info = For information
severity-warning = Warning
severity-critical = Critical
status-active = Active
status-inactive = Inactive
status-recurrence = Recurring
status-relapse = Relapse
status-remission = In remission
status-resolved = Resolved
status-refuted = Refuted
status-entered-in-error = Entered in error
status-on-hold = On hold
status-completed = Completed
status-stopped = Stopped
status-intended = Planned
status-finished = Finished
status-final = Final
status-cancelled = Cancelled
status-preliminary = Preliminary
guardian-mother = Mother
guardian-father = Father
guardian-legal-guardian = Legal guardian
guardian-spouse = Spouse
guardian-child = Child
guardian-sibling = Sibling
guardian-emergency = Emergency contact
guardian-payer = Payer
marital-single = Single
marital-married = Married
marital-partnership = Partnership
marital-separated = Separated
marital-divorced = Divorced
marital-widowed = Widowed
marital-unknown = Unknown

## The record

patient-tabs = Parts of the record
tab-summary = Summary
tab-timeline = Timeline
tab-history = History
tab-files = Files
born = Born { $day }
deceased-on = Deceased { $day }
patient-inactive = Put aside
patient-restricted = Restricted
patient-waiting = Saved here, not sent yet
changed-by = Changed by { $name }, { $when }
alerts-label = Allergies and alerts
allergies = Allergies
allergy-severe = { $substance } (severe)
no-known-allergies = No known allergies
allergies-not-asked = Nobody has asked yet.
none-recorded = Nothing recorded.
two-values = Two values, please decide
valid-until = valid until { $day }
since = since { $day }
show-more = { $count ->
    [one] Show { $count } more
   *[other] Show { $count } more
  }
as-of-banner = You see the record as it was then.
as-of-back = Back to today
merged-into = This record was joined into another one.
merged-open = Open that record
merged-from = Another record was joined into this one.
unmerge = Separate again
patient-conflicts = { $count ->
    [one] One field has two values.
   *[other] { $count } fields have two values.
  }
patient-conflicts-open = Decide
timeline-empty = Nothing has happened yet
timeline-empty-text = Visits, findings, files and changes appear here.
timeline-filter = Show only
timeline-all = Main
timeline-registered = Registered
timeline-changed = Changes
timeline-encounter = Visits
timeline-condition = Conditions
timeline-allergy = Allergies
timeline-observation = Findings
timeline-medication = Medications
timeline-immunization = Vaccinations
timeline-procedure = Procedures
timeline-document = Documents
timeline-attachment = Files
timeline-merge = Joined records
timeline-other = Other
history-caption = What this change did
history-field = Field
history-before = Before
history-after = After
history-removed = removed
history-concurrent = at the same time as another desk
history-then = The record then
author-import = Import
author-system = Posto
author-console = Command line
merge-open = Join
merge-title = Join another record into { $name }
merge-lead = For two records of the same person. Everything of both is kept in this record, and the joining can be undone.
merge-search = Search the other record
merge-likely = Probably the same person
merge-none = Nobody found.
merge-no-likely = No similar record was found. Search by name, phone or document.
merge-other = Choose another one
merge-go = Join records
merge-stays = stays
merge-joins = is joined
merge-done = { $name } was joined into this record
unmerge-done = The records are separate again

## Restricted record

restrict = Restrict
restrict-hint = Only the patient's own team opens the record
restrict-lift = Open to all
restrict-lift-hint = Everybody who works with patients opens the record again
restrict-done = Only the patient's own team opens the record now
restrict-lifted = The record is open to all again
restricted-title = This record is kept to the patient's own team
restricted-text = The list shows who the person is. The rest belongs to those who care for them. Ask them, or the compliance officer.
restricted-banner = Restricted record: opened by who restricted it, the practitioner in charge and compliance; in an emergency, by who treats.

## Photo

photo-change = Change the photo
photo-title = Photo of { $name }
photo-choose = Choose a file
photo-take = Take a photo
photo-remove = Remove the photo
photo-of-files = From the files
photo-use = Use { $name } as the photo
photo-hint = Drag a picture here. It is made smaller and kept among the files, without the place where it was taken.
photo-drop = Drop the photo here
photo-no-picture = { $name } is no picture that this browser opens.
photo-saved = Photo saved on this device
photo-removed = Photo removed
photo-value = a photo
history-trail = Who looked at this record

## Fields in history and conflicts

path-name = Name
path-text = Text
path-given = Given names
path-family = Family name
path-prefix = Title
path-suffix = Suffix
path-social-name = Social name
path-mother-name = Mother’s name
path-father-name = Father’s name
path-other-names = Other names
path-birth-date = Birth date
path-birth-place = Birth place
path-sex = Sex
path-gender-identity = Gender
path-pronouns = Pronouns
path-race = Race
path-ethnicity = Ethnicity
path-nationality = Nationality
path-occupation = Occupation
path-marital-status = Marital status
path-blood-type = Blood type
path-deceased = Deceased
path-deceased-on = Date of death
path-multiple-birth = Multiple birth
path-documents = Document
path-phones = Phone
path-emails = E-mail
path-addresses = Address
path-guardians = Guardian
path-insurances = Insurance
path-allergies = Allergy
path-no-known-allergies = No known allergies
path-conditions = Condition
path-medications = Medication
path-alerts = Alert
path-tags = Tag
path-notes = Note
path-photo = Photo
path-language = Language
path-needs-interpreter = Needs an interpreter
path-preferred-channel = Preferred channel
path-external-ids = Identifier elsewhere
path-inactive = Put aside
path-restricted = Kept to the patient's team
path-restricted-by = restricted by
path-merged-into = Joined into
path-record-number = Record number
path-registered-at-ms = Registered
path-registered-by = Registered by
path-foreign = From another system
path-id = Id
path-number = number
path-raw = as typed
path-kind = kind
path-value = number
path-issuer = issuer
path-country = country
path-issued-on = issued
path-expires-on = expires
path-address = address
path-use = use
path-rank = order
path-street = street
path-complement = unit
path-district = district
path-city = city
path-city-code = city code
path-state = state
path-postal-code = ZIP code
path-latitude = latitude
path-longitude = longitude
path-whatsapp = WhatsApp
path-extension = extension
path-note = note
path-substance = substance
path-reactions = reaction
path-criticality = severity
path-category = category
path-status = status
path-since = since
path-until = until
path-code = code
path-system = code system
path-dose = dose
path-route = route
path-frequency = frequency
path-prescriber = prescriber
path-source = source
path-severity = weight
path-title = title
path-pinned = pinned
path-role = relation
path-phone = phone
path-email = e-mail
path-legal = legal guardian
path-emergency = emergency contact
path-payer = insurer
path-payer-code = insurer code
path-plan = plan
path-member-id = member number
path-group = group
path-holder = holder
path-valid-from = valid from
path-valid-until = valid until
path-document = document
path-document-kind = document kind
path-care-location = Location
path-managing-practitioner = Practitioner

## Conflicts

conflicts-title = Conflicts
conflicts-count = { $count ->
    [one] One field with two values
   *[other] { $count } fields with two values
  }
conflicts-none = Nothing to decide
conflicts-none-text = When two desks write different values into one field, both are kept and shown here for a person to choose.
conflict-record = Record
conflict-safety = Safety
conflict-since = noticed { $when }
conflict-explained = Two desks changed this at the same time. Both values are kept until you choose; the other one stays in the history.
conflict-value = Value { $number }
conflict-current = shown meanwhile
conflict-removed = removed here
conflict-keep = Keep this
conflict-other = Write another value
conflict-other-label = The right value
conflict-settled = { $field }: decided
conflict-undone = { $field }: decision undone
conflict-undo-explained = You decided this in this session. If it was a mistake, restore the other value: it is a new edit, and the history keeps all.
conflict-undo-not = To change what was decided, edit the record: the history keeps all.
conflict-changed-since = This field was changed after the decision, so nothing was undone. Look at the record.
conflict-decided-by = decided by { $name }, { $when }
conflict-chosen = chosen
conflict-restore = Restore this one
conflict-own-value = Another value was written.
conflicts-open = Open
conflicts-decided = Decided
conflicts-none-decided = Nothing decided yet

## Files

files-title = Files
files-drop = Drop to add
files-hint = Drag files here: pictures, PDF, documents up to 100 MB.
files-add = Add files
files-none = No files yet
files-none-text = Exams, referrals and pictures of this patient, kept encrypted on this device and synced after the records.
file-deleted = { $name } deleted
file-elsewhere = on its way here
file-incomplete = incomplete
file-download = Download { $name }
file-delete = Delete { $name }
upload-progress = Upload of { $name }
upload-sent = { $sent } of { $size }
upload-left = { $seconds } s left
upload-cancel = Stop the upload of { $name }
preview-of = Preview of { $name }
preview-none = No preview
preview-beginning = This is the beginning. Download the file to see all of it.

emergency-title = This record is closed to you
emergency-closed = The patient is cared for at another place, or the record is kept to their own team.
emergency-what = In an emergency you may open it for three hours. The compliance officer sees who opened it, why, and every look at it.
emergency-reason = What happened?
emergency-reason-hint = At least 10 characters
emergency-open = Open in an emergency
emergency-banner = Emergency access until { $time }: every look is flagged and reported.
rule-too-short = This is too short.

## Audit

trail-lead = Who saw or did what at this computer. The rows are chained and signed: one that is missing or was changed shows in “clinic-node audit verify”.
trail-refresh = Refresh
trail-filter = Filter the audit trail
trail-number = No.
trail-when = When
trail-who = Who
trail-role = Role
trail-what = What
trail-detail = Detail
trail-reason = Reason
trail-which = Record
trail-outcome = Outcome
trail-from = From
trail-to = To
trail-patient = Patient
trail-which-find = Name, document or id
trail-which-id = Id of the record
trail-all-patients = All patients
trail-record-end = Record …{ $end }
trail-everybody = Everybody
trail-everything = Everything
trail-clear = Clear
trail-only-person = Show only what this person did
trail-only-record = Show only this record
trail-open = Open
trail-unknown = Unknown person
trail-emergency = Emergency
trail-allowed = Allowed
trail-refused = Refused
trail-none = No rows
trail-none-text = Nothing in this computer's trail passes the filter.
trail-not-yours = Auditors read this
trail-not-yours-text = The audit trail is for auditors, compliance officers and the clinic's administration.
trail-export = Export CSV
trail-export-warning = The file leaves Posto, with names of staff and the records they looked at. The export is a row of the trail.
trail-exporting = { $count ->
    [one] { $count } row …
   *[other] { $count } rows …
  }
trail-exported = { $count ->
    [one] { $count } row exported
   *[other] { $count } rows exported
  }
trail-exported-part = Only the newest { $count } rows were exported. Choose a period for the others.
trail-file = audit
trailgroup-break-glass = Emergency access
trailgroup-patient = Patients: everything
trailgroup-attachment = Files: everything
trailgroup-conflict = Conflicts: everything
trailgroup-session = Signing in and out
trailgroup-audit = Reading the trail
trail-patient-read = Opened a record
trail-patient-search = Searched patients
trail-patient-duplicates = Looked for duplicates
trail-patient-history = Looked at the history
trail-patient-timeline = Looked at the timeline
trail-patient-create = Registered a patient
trail-patient-update = Changed a record
trail-patient-restrict = Restricted a record
trail-patient-unrestrict = Opened a record to all
trail-patient-merge = Joined records
trail-patient-unmerge = Separated records
trail-break-glass-declare = Declared an emergency
trail-break-glass-use = Looked in an emergency
trail-attachment-list = Looked at the list of files
trail-attachment-read = Looked at a file's facts
trail-attachment-open = Opened a file
trail-attachment-begin = Began to send a file
trail-attachment-create = Added a file
trail-attachment-cancel = Gave an upload up
trail-attachment-delete = Deleted a file
trail-conflict-list = Looked at the conflicts
trail-conflict-read = Looked at a conflict
trail-conflict-resolve = Decided a conflict
trail-conflict-undo = Took a decision back
trail-session-begin = Signed in
trail-session-end = Signed out
trail-pin-set = Set a PIN
trail-audit-read = Read the audit trail
trail-audit-export = Exported the audit trail
trail-audit-people = Looked at the people of the trail
trail-user-create = Added a person
trail-directory-create = Created a record of the clinic
trail-node-backup = Made a backup
trail-fhir-import = Imported FHIR
trail-fhir-export = Exported FHIR
trail-sync-now = Synced now
trail-read = Look
trail-read-log = Read the audit trail
trail-search = Search
trail-create = Create
trail-update = Change
trail-delete = Delete
trail-history = Look at the history
trail-resolve = Decide
trail-restrict = Restrict or open
trail-merge = Join
trail-break-glass = Open in an emergency
trailkind-patient = Patient
trailkind-attachment = File
trailkind-conflict-task = Conflict
trailkind-user = Person
trailkind-clinic = Clinic
trailkind-location = Location
trailkind-role-grant = Role
trailkind-chart = Chart
trail-session-switch = Took the desk over by PIN
trailkind-audit = Audit trail
trail-found = { $count ->
    [0] nobody found
    [one] { $count } found
   *[other] { $count } found
  }
