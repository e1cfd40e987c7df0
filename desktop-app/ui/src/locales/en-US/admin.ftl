## Console of the server

brand-admin = Console
signin-email = E-mail
account-menu = Signed in as { $name }: menu
nav-nodes = Nodes
nav-clinics = Clinics
nav-people = People
actions = Actions
name = Name
clinic = Clinic
role = Role
everywhere = All clinics
copy = Copy
copied = Copied

figure-needing = need a person
figure-online = nodes online
figure-behind = changes on their way
figure-patients = patients in all clinics
figure-of = { $count } of { $total }

nodes-title = Nodes
nodes-none = No computer has joined yet
nodes-none-text = Create a clinic and a location, then draw an enrolment code for the first computer.
node-state = State
node-name = Computer
node-place = Place
node-seen = Last seen
node-behind = Behind
node-clock = Clock
node-version = Version
node-certificate = Certificate until
node-now = now
node-never = never
node-revoke = Block
node-revoke-of = Block { $name }
health-fine = In sync
health-behind = Catching up
health-refused = { $count } refused
health-clock = Clock is off
health-certificate = Certificate ends
health-offline = Offline
health-revoked = Blocked
clock-fine = right
clock-seconds = { $seconds } s off
clock-minutes = { $minutes } min off
revoke-title = Block { $name }?
revoke-what = Its certificate stops working within a second, and it cannot join again without a new code. What it already sent stays.
revoke-unsent = Changes that this computer has not sent yet stay only on it.
revoke-go = Block computer
revoke-done = { $name } is blocked

clinic-add = New clinic
clinics-none = No clinic yet
clinics-none-text = A clinic has locations, people and the computers that work for it.
jurisdiction = Country
jurisdiction-br = Brazil
jurisdiction-us = United States
location-add = Add location
location-new = New location
locations-none = No location yet: add one, then draw a code for its computer.
location-nodes = { $count ->
    [0] no computer
    [one] { $count } computer
   *[other] { $count } computers
  }
location-online = { $count } online
count-patient = patients
count-chart = charts
count-attachment = files
count-consent = consents
count-practitioner = practitioners
count-conflict-task = conflicts
count-user = people

enrol-open = Enrolment code
enrol-title = Enrol a computer
enrol-lead = Type this code on the new computer. It works once.
enrol-code = Code
enrol-fingerprint = Fingerprint of this server, for comparing
enrol-left = valid for { $time }
enrol-over = This code has expired
enrol-waiting = Waiting for the computer …
enrol-new = New code
enrol-joined = { $name } has joined.

user-add = New person
user-login = Sign-in name
user-first-password = First password
user-password-rule = At least 8 characters
user-done = { $name } can sign in as { $login }
user-inactive = no longer
users-none = Nobody yet
users-none-text = People sign in at the desk with their name and password, offline too.
