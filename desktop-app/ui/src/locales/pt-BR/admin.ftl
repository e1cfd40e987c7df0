## Console do servidor

brand-admin = Console
signin-email = E-mail
account-menu = Sessão de { $name }: menu
nav-nodes = Computadores
nav-clinics = Clínicas
nav-people = Pessoas
actions = Ações
name = Nome
clinic = Clínica
role = Função
everywhere = Todas as clínicas
copy = Copiar
copied = Copiado

figure-needing = precisam de alguém
figure-online = computadores conectados
figure-behind = alterações a caminho
figure-patients = pacientes em todas as clínicas
figure-of = { $count } de { $total }

nodes-title = Computadores
nodes-none = Nenhum computador entrou ainda
nodes-none-text = Crie uma clínica e uma unidade e gere um código de adesão para o primeiro computador.
node-state = Situação
node-name = Computador
node-place = Lugar
node-seen = Visto
node-behind = Atraso
node-clock = Relógio
node-version = Versão
node-certificate = Certificado até
node-now = agora
node-never = nunca
node-revoke = Bloquear
node-revoke-of = Bloquear { $name }
health-fine = Em dia
health-behind = Atualizando
health-refused = { $count } recusadas
health-clock = Relógio errado
health-certificate = Certificado vence
health-offline = Sem conexão
health-revoked = Bloqueado
clock-fine = certo
clock-seconds = { $seconds } s de diferença
clock-minutes = { $minutes } min de diferença
revoke-title = Bloquear { $name }?
revoke-what = O certificado deixa de valer em um segundo, e o computador não entra de novo sem um novo código. O que ele já enviou permanece.
revoke-unsent = Alterações que este computador ainda não enviou ficam só nele.
revoke-go = Bloquear computador
revoke-done = { $name } está bloqueado

clinic-add = Nova clínica
clinics-none = Nenhuma clínica ainda
clinics-none-text = Uma clínica tem unidades, pessoas e os computadores que trabalham para ela.
jurisdiction = País
jurisdiction-br = Brasil
jurisdiction-us = Estados Unidos
location-add = Adicionar unidade
location-new = Nova unidade
locations-none = Nenhuma unidade ainda: adicione uma e gere um código para o computador dela.
location-nodes = { $count ->
    [0] nenhum computador
    [one] { $count } computador
   *[other] { $count } computadores
  }
location-online = { $count } com conexão
count-patient = pacientes
count-chart = prontuários
count-attachment = arquivos
count-consent = consentimentos
count-practitioner = profissionais
count-conflict-task = conflitos
count-user = pessoas

enrol-open = Código de adesão
enrol-title = Aderir um computador
enrol-lead = Digite este código no novo computador. Ele vale uma vez.
enrol-code = Código
enrol-fingerprint = Impressão digital deste servidor, para comparar
enrol-left = vale por { $time }
enrol-over = Este código venceu
enrol-waiting = Esperando o computador …
enrol-new = Novo código
enrol-joined = { $name } entrou.

user-add = Nova pessoa
user-login = Nome de acesso
user-first-password = Primeira senha
user-password-rule = Pelo menos 8 caracteres
user-done = { $name } pode entrar como { $login }
user-inactive = não mais
users-none = Ninguém ainda
users-none-text = As pessoas entram no balcão com nome e senha, também sem internet.
