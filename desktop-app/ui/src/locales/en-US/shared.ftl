## Shared by every screen

close = Close
cancel = Cancel
save = Save
edit = Edit
delete = Delete
download = Download
remove = Remove
discard = Discard
undo = Undo
try-again = Try again
yes = Yes
no = No
language = Language
theme = Appearance
theme-system = System
theme-light = Light
theme-dark = Dark
could-not-load = This could not be shown
load-older = Show older

time-ago = { $unit ->
    [now] Just now
    [s] { $count } s ago
    [min] { $count } min ago
    [h] { $count } h ago
   *[d] { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
  }

brand-home = Posto, to the start
nav-main = Main
role-receptionist = Receptionist
role-clinic-admin = Clinic administrator
role-system-admin = System administrator
role-super-admin = Super administrator
role-support = Support
role-doctor = Doctor
role-nurse = Nurse
role-pharmacist = Pharmacist
role-lab-technician = Lab technician
role-radiologist = Radiologist
role-medical-assistant = Medical assistant
role-billing-specialist = Billing
role-auditor = Auditor
role-compliance-officer = Compliance officer
role-data-analyst = Data analyst
keys-title = Keyboard
keys-help = This list of keys
keys-list = Move in a list, open
keys-arrows = Arrow keys and Enter
keys-close = Close what is open

signin-title = Sign in
signin-password = Password
signin-go = Sign in
signin-ended = Your session has ended. What you typed was kept: sign in to go on.
sign-out = Sign out

## Errors: what happened, what was kept, what to do

problem-invalid-request = The request could not be understood. Nothing was changed. Reload the page and try again.
problem-validation-failed = Some fields need another look. What you typed was kept.
problem-possible-duplicates = There may already be a record of this person. Have a look before saving.
problem-not-found = There is no such record, or you may not see it.
problem-unauthenticated = Your session has ended. What you typed was kept: sign in to go on.
problem-wrong-credentials = That is not right. Check it and try again.
problem-password-required = Three wrong tries: please sign in with the password.
problem-locked-out = Too many wrong tries. Try again in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
  }.
problem-administrator-required = This desk has not synced for too long. An administrator has to sign in first.
problem-forbidden = You are not allowed to do this. Nothing was changed.
problem-break-glass-required = This record belongs to another place or is kept to the patient's team. Only an emergency opens it.
problem-record-restricted = This record is kept to the patient's own team. Nothing was changed.
problem-csrf-rejected = This page is out of date. Reload it; what you typed was kept.
problem-heads-required = This page is out of date. Reload it; what you typed was kept.
problem-unknown-heads = This page shows a version that this computer does not hold. Reload it; what you typed was kept.
problem-quarantined = This record is damaged on this computer and was set aside. The others are fine. Tell your administrator.
problem-needs-newer-version = This record was written by a newer Posto. Update this computer to open it.
problem-already-done = Somebody else already did this. The list is up to date now.
problem-merge-refused = These two records cannot be joined or separated. Nothing was changed.
problem-wrong-offset = The upload was interrupted. Try again: it continues where it stopped.
problem-content-mismatch = The file changed while it was being sent. Add it again.
problem-content-incomplete = Only a part of this file is on this computer so far. It arrives with the next sync.
problem-unsupported-media-type = This type of file is not accepted. Pictures, PDF and documents are.
problem-range-not-satisfiable = This part of the file does not exist. Reload the page.
problem-payload-too-large = This is too large. Files may have up to 100 MB.
problem-rate-limited = Too many requests at once. Try again in { $seconds } s.
problem-method-not-allowed = This page is out of date. Reload it.
problem-not-ready = Posto is just starting. Try again in a moment.
problem-storage-unavailable = This computer cannot save at the moment, its disk may be full. Nothing was saved; what you typed was kept.
problem-offline = There is no connection to the server. Everything is saved here and goes out later.
problem-timeout = This took too long. Try again; what you typed was kept.
problem-internal = Something went wrong on our side. What you typed was kept. Try again.
problem-unreachable = Posto does not answer on this computer. What you typed was kept. Check that it is running, then try again.
