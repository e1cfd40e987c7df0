## Recepção

brand-reception = Recepção
nav-patients = Pacientes
nav-conflicts = Conflitos
nav-trail = Auditoria
node-unreachable = O Posto não responde
node-unreachable-text = O programa deste computador não está em execução ou ainda está iniciando. Nada se perdeu. Inicie-o e tente de novo.
signin-login = Nome de acesso
signin-offline = Funciona sem internet: tudo fica guardado neste dispositivo.
desk-empty = Escolha um paciente
desk-empty-text = Busque à esquerda ou comece pelo teclado.

## Pessoas no balcão

user-menu = Sessão de { $name }: menu
user-switch = Trocar de pessoa
pin-set = Definir um PIN
pin-change = Mudar o PIN
pin-new = Novo PIN
pin-rule = 4 a 8 dígitos
pin-saved = PIN salvo. Agora você pode trocar por PIN neste balcão.
switch-title = Trocar de pessoa
switch-who = Quem assume?
switch-pin-of = PIN de { $name }
switch-go = Trocar
switch-hint = As setas escolhem a pessoa. Os rascunhos das duas ficam onde estão.
switch-password = Entrar com a senha
switch-nobody = Ninguém mais tem PIN aqui
switch-nobody-text = Quem entra uma vez com a senha e define um PIN aparece aqui e assume em dois segundos.

## Teclas e paleta

keys-search = Buscar pacientes
keys-new = Novo paciente
keys-palette = Todas as ações e pacientes
keys-conflicts = Caixa de conflitos
keys-trail = Auditoria
keys-sync = Detalhes da sincronização
keys-switch = Trocar de pessoa
keys-undo = Desfazer a última ação
keys-save = Salvar
keys-edit = Editar o cadastro aberto
keys-tabs = Abas do cadastro (Alt+1 a 4)
keys-choose = Manter o primeiro, segundo … valor
palette-open = Ações
palette-title = Ações e pacientes
palette-placeholder = O que deseja fazer, ou quem procura?
palette-none = Nada com esse nome.
action-new = Novo paciente
action-conflicts = Abrir a caixa de conflitos
action-trail = Abrir a auditoria
action-sync = Mostrar detalhes da sincronização
action-sync-now = Sincronizar agora
action-switch = Trocar de pessoa por PIN
action-theme = Alternar claro e escuro
action-language = Switch to English
action-keys = Mostrar as teclas
action-sign-out = Sair

## Sincronização, sempre à vista

sync-saved-here = Salvo neste dispositivo
sync-synced-ago = sincronizado { $unit ->
    [now] agora
    [s] há { $count } s
    [min] há { $count } min
    [h] há { $count } h
   *[d] { $count ->
        [one] há { $count } dia
       *[other] há { $count } dias
    }
  }
sync-waiting = { $count ->
    [0] nada esperando
    [one] { $count } alteração esperando
   *[other] { $count } alterações esperando
  }
sync-changes = { $count ->
    [0] nenhuma
    [one] { $count } alteração
   *[other] { $count } alterações
  }
sync-conflicts = { $count ->
    [one] { $count } conflito para ver
   *[other] { $count } conflitos para ver
  }
sync-in-sync = em dia com o servidor
sync-offline-since = Sem conexão desde { $time }
sync-offline = Sem conexão
sync-connecting = Conectando
sync-syncing = sincronizando
sync-first = primeira sincronização { $percent } %
sync-refused = O servidor recusa este computador
sync-changes-refused = { $count ->
    [one] { $count } alteração foi recusada
   *[other] { $count } alterações foram recusadas
  }
sync-node-silent = O Posto não responde neste computador
sync-node-silent-long = O Posto não responde neste computador. Nada se perdeu. Verifique se ele está em execução.
sync-asking = Verificando
sync-open-details = Mostrar o que espera e o que houve
sync-title = Sincronização
sync-lead-standalone = Esta clínica funciona sem servidor. Tudo está salvo neste dispositivo e fica aqui.
sync-lead-offline = Sem conexão com o servidor. Continue trabalhando: tudo está salvo neste dispositivo e será enviado assim que a conexão voltar.
sync-lead-connecting = Procurando o servidor. Enquanto isso, tudo está salvo neste dispositivo.
sync-lead-syncing = Conectado. As alterações estão a caminho.
sync-lead-in-sync = Conectado. Este dispositivo e o servidor têm o mesmo conteúdo.
sync-lead-refused = O servidor não aceita mais este computador. O que está salvo aqui fica aqui. Chame o administrador.
sync-first-label = Primeira sincronização
sync-last = Última sincronização
sync-never = Ainda não houve
sync-server = Servidor
sync-waiting-label = Esperando para sair
sync-refused-label = Recusadas pelo servidor
sync-projecting = Ainda sendo organizadas
sync-clock = O relógio deste computador está { $minutes } min errado. Acerte-o, por favor.
sync-waits = O que espera
sync-scope-clinic = Pacientes e cadastros da clínica
sync-scope-location = Registros desta unidade
sync-scope-directory = Equipe, locais e configurações
sync-scope-local = Só neste dispositivo
sync-same = igual nos dois lados
sync-behind = em comparação
sync-no-scopes = Nada foi trocado ainda.
sync-steps = Etapas
sync-now = Sincronizar agora
sync-step-connect = Conectar ao servidor
sync-step-compare = Comparar os dois lados
sync-step-receive = Receber alterações
sync-step-send = Enviar alterações
sync-step-verify = Verificar que os dois têm o mesmo
sync-step-other = Outra etapa
sync-step-state-waiting = a fazer
sync-step-state-running = agora
sync-step-state-done = feito
sync-step-state-failed = falhou
sync-errors = Problemas recentes
sync-no-errors = Nenhum problema recente.
sync-error-server-unreachable = O servidor não foi encontrado. O Posto continua tentando.
sync-error-certificate-refused = O servidor não aceitou o certificado deste computador.
sync-error-certificate-revoked = Um administrador bloqueou este computador.
sync-error-node-cloned = Outro computador usa a mesma identidade. Chame o administrador.
sync-error-version-unsupported = As versões do servidor e do computador não combinam. É preciso atualizar.
sync-error-change-refused = O servidor recusou uma alteração. Ela fica neste dispositivo.
sync-error-fingerprint-mismatch = Os dois lados eram diferentes; foram comparados e corrigidos.
sync-error-storage-failed = Este computador não conseguiu gravar no disco.
sync-error-connection-lost = A conexão caiu. O Posto continua tentando.
sync-error-other = Algo deu errado na sincronização. O Posto continua tentando.

## Busca

search-title = Pacientes
search-label = Buscar pacientes por nome, telefone, documento, data de nascimento ou número do cadastro
search-placeholder = Nome, telefone, documento, nascimento
search-results = Pacientes encontrados
search-found = { $count ->
    [0] Ninguém encontrado
    [one] { $count } paciente
   *[other] { $count } pacientes
  }
search-recent = Alterados por último
search-none = Ninguém encontrado
search-none-text = Nenhum paciente corresponde a “{ $query }”. Tente menos letras, um telefone ou a data de nascimento.
search-empty = Ainda não há pacientes
search-empty-text = Cadastre o primeiro ou importe registros pela linha de comando.
result-has-alerts = Há alergias ou alertas
record-number = Nº { $number }
civil-name = Nome civil
patient-deceased = Óbito
patient-merged = Unido
age-years = { $count ->
    [one] { $count } ano
   *[other] { $count } anos
  }
age-months = { $count ->
    [one] { $count } mês
   *[other] { $count } meses
  }

## Cadastrar e editar

register-title = Novo paciente
register-save = Cadastrar
register-anyway = Cadastrar mesmo assim
register-done = { $name } está cadastrado
register-confirm = É mesmo outra pessoa? Se for a mesma, abra o cadastro abaixo.
edit-title = Editar { $name }
edit-kept = Suas alterações foram guardadas.
draft-restored = Suas alterações não salvas estão de volta.
draft-discarded = Descartado
saved = Salvo neste dispositivo
undone = Desfeito
more-fields = Alergias, alertas, responsáveis, convênio, notas …
not-said = Não informado
section-identity = Pessoa
section-documents = Documentos
section-contact = Contato
section-allergies = Alergias
section-alerts = Alertas
section-conditions = Condições
section-medications = Medicamentos
section-guardians = Responsáveis e contatos
section-insurance = Convênio
section-more = Mais
section-notes = Notas e etiquetas
section-person = Pessoa
section-tags = Etiquetas
field-name = Nome completo
field-given = Nomes
field-family = Sobrenome
field-social-name = Nome social
field-social-name-hint = Como a pessoa é chamada
field-birth-date = Nascimento
field-sex = Sexo
field-mother-name = Nome da mãe
field-father-name = Nome do pai
field-gender = Gênero
field-document-kind = Documento
field-document = Número
field-kind = Tipo
field-phone = Telefone
field-email = E-mail
field-address = Endereço
field-channel = Canal preferido
field-substance = Substância
field-reactions = Reação
field-criticality = Gravidade
field-status = Situação
field-alert = Alerta
field-severity = Peso
field-condition = Condição
field-code = Código
field-medication = Medicamento
field-dose = Dose
field-frequency = Frequência
field-guardian = Nome
field-role = Relação
field-payer = Operadora
field-plan = Plano
field-member = Carteirinha
field-marital = Estado civil
field-blood = Tipo sanguíneo
field-occupation = Profissão
field-nationality = Nacionalidade
field-language = Idioma
field-note = Nota
field-tag = Etiqueta
address-postal-code = CEP
address-street = Rua
address-number = Número
address-complement = Complemento
address-district = Bairro
address-city = Cidade
address-state = UF
add-document = Adicionar documento
add-phone = Adicionar telefone
add-email = Adicionar e-mail
add-address = Adicionar endereço
add-allergy = Adicionar alergia
add-alert = Adicionar alerta
add-condition = Adicionar condição
add-medication = Adicionar medicamento
add-guardian = Adicionar pessoa
add-insurance = Adicionar convênio
add-note = Adicionar nota
add-tag = Adicionar etiqueta
day-placeholder = dd/mm/aaaa
no-known-allergies-said = A pessoa diz: sem alergias conhecidas
rule-required = Necessário.
rule-invalid-date = Isto não é uma data: dia, mês, ano.
rule-date-in-future = Esta data está no futuro.
rule-date-too-old = Esta data é antiga demais.
rule-date-order = A primeira data precisa vir antes da segunda.
rule-invalid-email = Isto não é um e-mail.
rule-invalid-phone = Isto não é um telefone.
rule-invalid-postal-code = Isto não é um CEP.
rule-invalid-format = Este número tem tamanho ou caracteres errados.
rule-invalid-check-digit = Os dígitos não conferem: compare com o documento.
rule-invalid-number = Isto não é um número.
rule-out-of-range = Este valor está fora do limite.
rule-unknown-region = Esta UF não existe.
rule-unknown-kind = Este tipo não é conhecido aqui.
rule-unknown-language = Este idioma não é conhecido.
rule-wrong-holder = Este número é de empresa, não de pessoa.
rule-duplicate-value = Isto está repetido.
rule-contradicts-allergies = Há alergias registradas, então não vale “sem alergias”.
rule-contradicts-date = Isto não combina com a data do óbito.
rule-too-long = Isto é longo demais.
rule-too-large = Isto é grande demais.
rule-too-many = São itens demais.
rule-control-characters = Há caracteres invisíveis. Digite de novo.
rule-other = Confira este campo.
duplicates-title = Talvez a mesma pessoa
duplicates-none = Enquanto você digita, o Posto verifica se a pessoa já tem cadastro.
duplicates-found = { $count ->
    [one] Já tem cadastro?
   *[other] { $count } pessoas parecidas
  }
duplicates-lead = Se for a mesma pessoa, abra o cadastro. O que você digitou fica guardado.
duplicates-likely = Muito provável
duplicates-same = Igual:
duplicates-other = Mas outro:
duplicates-open = Abrir cadastro
reason-same-document = documento
reason-same-external-id = número em outro sistema
reason-same-name = nome
reason-similar-name = nome parecido
reason-same-birth-date = nascimento
reason-similar-birth-date = nascimento parecido
reason-same-phone = telefone
reason-same-email = e-mail
reason-same-mother = nome da mãe
reason-other-document = documento
reason-other-birth-date = nascimento
reason-other-sex = sexo

## Palavras das listas

sex-female = Feminino
sex-male = Masculino
sex-other = Intersexo
sex-unknown = Desconhecido
phone-mobile = Celular
phone-home = Casa
phone-work = Trabalho
phone-fax = Fax
phone-pager = Pager
channel-whatsapp = WhatsApp
channel-sms = SMS
channel-email = E-mail
channel-voice = Ligação
channel-in-app = No aplicativo
channel-post = Carta
document-cpf = CPF
document-cns = CNS
document-rg = RG
document-cnh = CNH
document-pis = PIS/NIS
document-rnm = RNM
document-passport = Passaporte
document-birth-certificate = Certidão de nascimento
document-mrn = Prontuário externo
document-ssn = SSN
document-itin = ITIN
document-driver-license = Carteira de motorista
document-driver-licence = Carteira de motorista
document-medicare = Medicare
document-npi = NPI
criticality-high = Grave
criticality-low = Leve
criticality-unable-to-assess = Não avaliada
severity-info = Informação
severity-warning = Atenção
severity-critical = Crítico
status-active = Ativa
status-inactive = Inativa
status-recurrence = Recorrente
status-relapse = Recaída
status-remission = Em remissão
status-resolved = Resolvida
status-refuted = Descartada
status-entered-in-error = Lançada por engano
status-on-hold = Suspensa
status-completed = Concluída
status-stopped = Interrompida
status-intended = Planejada
status-finished = Encerrada
status-final = Final
status-cancelled = Cancelada
status-preliminary = Preliminar
guardian-mother = Mãe
guardian-father = Pai
guardian-legal-guardian = Responsável legal
guardian-spouse = Cônjuge
guardian-child = Filha ou filho
guardian-sibling = Irmã ou irmão
guardian-emergency = Contato de emergência
guardian-payer = Pagador
marital-single = Solteiro(a)
marital-married = Casado(a)
marital-partnership = União estável
marital-separated = Separado(a)
marital-divorced = Divorciado(a)
marital-widowed = Viúvo(a)
marital-unknown = Desconhecido

## O cadastro

patient-tabs = Partes do cadastro
tab-summary = Resumo
tab-timeline = Linha do tempo
tab-history = Histórico
tab-files = Arquivos
born = Nasc. { $day }
deceased-on = Óbito em { $day }
patient-inactive = Arquivado
patient-restricted = Restrito
patient-waiting = Salvo aqui, ainda não enviado
changed-by = Alterado por { $name }, { $when }
alerts-label = Alergias e alertas
allergies = Alergias
allergy-severe = { $substance } (grave)
no-known-allergies = Sem alergias conhecidas
allergies-not-asked = Ninguém perguntou ainda.
none-recorded = Nada registrado.
two-values = Dois valores, decida
valid-until = válido até { $day }
since = desde { $day }
show-more = { $count ->
    [one] Mostrar mais { $count }
   *[other] Mostrar mais { $count }
  }
as-of-banner = Você vê o cadastro como era naquele momento.
as-of-back = Voltar para hoje
merged-into = Este cadastro foi unido a outro.
merged-open = Abrir o outro
merged-from = Outro cadastro foi unido a este.
unmerge = Separar de novo
patient-conflicts = { $count ->
    [one] Um campo tem dois valores.
   *[other] { $count } campos têm dois valores.
  }
patient-conflicts-open = Decidir
timeline-empty = Nada aconteceu ainda
timeline-empty-text = Consultas, achados, arquivos e alterações aparecem aqui.
timeline-filter = Mostrar só
timeline-all = Principal
timeline-registered = Cadastro
timeline-changed = Alterações
timeline-encounter = Consultas
timeline-condition = Condições
timeline-allergy = Alergias
timeline-observation = Achados
timeline-medication = Medicamentos
timeline-immunization = Vacinas
timeline-procedure = Procedimentos
timeline-document = Documentos
timeline-attachment = Arquivos
timeline-merge = Uniões
timeline-other = Outros
history-caption = O que esta alteração fez
history-field = Campo
history-before = Antes
history-after = Depois
history-removed = removido
history-concurrent = ao mesmo tempo que outro balcão
history-then = O cadastro então
author-import = Importação
author-system = Posto
author-console = Linha de comando
merge-open = Unir
merge-title = Unir outro cadastro a { $name }
merge-lead = Para dois cadastros da mesma pessoa. Tudo dos dois fica neste cadastro, e a união pode ser desfeita.
merge-search = Buscar o outro cadastro
merge-likely = Provavelmente a mesma pessoa
merge-none = Ninguém encontrado.
merge-no-likely = Nenhum cadastro parecido. Busque por nome, telefone ou documento.
merge-other = Escolher outro
merge-go = Unir cadastros
merge-stays = fica
merge-joins = é unido
merge-done = { $name } foi unido a este cadastro
unmerge-done = Os cadastros estão separados de novo

## Cadastro restrito

restrict = Restringir
restrict-hint = Só a equipe do paciente abre o cadastro
restrict-lift = Liberar
restrict-lift-hint = Todos os que trabalham com pacientes abrem o cadastro de novo
restrict-done = Só a equipe do paciente abre o cadastro agora
restrict-lifted = O cadastro está liberado de novo
restricted-title = Este cadastro é restrito à equipe do paciente
restricted-text = Você pode ver quem é a pessoa, na lista. O resto é de quem a atende. Fale com eles ou com o encarregado de conformidade.
restricted-banner = Cadastro restrito: abrem-no quem o restringiu, o profissional responsável e a conformidade; em emergência, quem atende.

## Foto

photo-change = Mudar a foto
photo-title = Foto de { $name }
photo-choose = Escolher arquivo
photo-take = Tirar foto
photo-remove = Remover a foto
photo-of-files = Dos arquivos
photo-use = Usar { $name } como foto
photo-hint = Arraste uma imagem para cá. Ela é reduzida e guardada entre os arquivos, sem o lugar onde foi tirada.
photo-drop = Solte a foto aqui
photo-no-picture = { $name } não é uma imagem que este navegador abre.
photo-saved = Foto salva neste dispositivo
photo-removed = Foto removida
photo-value = uma foto
history-trail = Quem viu este cadastro

## Campos no histórico e nos conflitos

path-name = Nome
path-text = Texto
path-given = Nomes
path-family = Sobrenome
path-prefix = Título
path-suffix = Sufixo
path-social-name = Nome social
path-mother-name = Nome da mãe
path-father-name = Nome do pai
path-other-names = Outros nomes
path-birth-date = Nascimento
path-birth-place = Naturalidade
path-sex = Sexo
path-gender-identity = Gênero
path-pronouns = Pronomes
path-race = Raça ou cor
path-ethnicity = Etnia
path-nationality = Nacionalidade
path-occupation = Profissão
path-marital-status = Estado civil
path-blood-type = Tipo sanguíneo
path-deceased = Óbito
path-deceased-on = Data do óbito
path-multiple-birth = Gêmeo
path-documents = Documento
path-phones = Telefone
path-emails = E-mail
path-addresses = Endereço
path-guardians = Responsável
path-insurances = Convênio
path-allergies = Alergia
path-no-known-allergies = Sem alergias conhecidas
path-conditions = Condição
path-medications = Medicamento
path-alerts = Alerta
path-tags = Etiqueta
path-notes = Nota
path-photo = Foto
path-language = Idioma
path-needs-interpreter = Precisa de intérprete
path-preferred-channel = Canal preferido
path-external-ids = Identificador externo
path-inactive = Arquivado
path-restricted = Restrito à equipe do paciente
path-restricted-by = restringido por
path-merged-into = Unido a
path-record-number = Número do cadastro
path-registered-at-ms = Cadastrado em
path-registered-by = Cadastrado por
path-foreign = De outro sistema
path-id = Id
path-number = número
path-raw = como digitado
path-kind = tipo
path-value = número
path-issuer = emissor
path-country = país
path-issued-on = emitido em
path-expires-on = vence em
path-address = endereço
path-use = uso
path-rank = ordem
path-street = rua
path-complement = complemento
path-district = bairro
path-city = cidade
path-city-code = código da cidade
path-state = UF
path-postal-code = CEP
path-latitude = latitude
path-longitude = longitude
path-whatsapp = WhatsApp
path-extension = ramal
path-note = nota
path-substance = substância
path-reactions = reação
path-criticality = gravidade
path-category = categoria
path-status = situação
path-since = desde
path-until = até
path-code = código
path-system = sistema do código
path-dose = dose
path-route = via
path-frequency = frequência
path-prescriber = prescritor
path-source = origem
path-severity = peso
path-title = título
path-pinned = fixada
path-role = relação
path-phone = telefone
path-email = e-mail
path-legal = responsável legal
path-emergency = contato de emergência
path-payer = operadora
path-payer-code = registro da operadora
path-plan = plano
path-member-id = carteirinha
path-group = grupo
path-holder = titular
path-valid-from = válido desde
path-valid-until = válido até
path-document = documento
path-document-kind = tipo de documento
path-care-location = Unidade
path-managing-practitioner = Profissional

## Conflitos

conflicts-title = Conflitos
conflicts-count = { $count ->
    [one] Um campo com dois valores
   *[other] { $count } campos com dois valores
  }
conflicts-none = Nada para decidir
conflicts-none-text = Quando dois balcões escrevem valores diferentes no mesmo campo, os dois são guardados e aparecem aqui para uma pessoa escolher.
conflict-record = Cadastro
conflict-safety = Segurança
conflict-since = notado { $when }
conflict-explained = Dois balcões alteraram isto ao mesmo tempo. Os dois valores ficam guardados até você escolher; o outro continua no histórico.
conflict-value = Valor { $number }
conflict-current = mostrado por enquanto
conflict-removed = removido aqui
conflict-keep = Manter este
conflict-other = Escrever outro valor
conflict-other-label = O valor certo
conflict-settled = { $field }: decidido
conflict-undone = { $field }: decisão desfeita
conflict-undo-explained = Você decidiu isto nesta sessão. Se foi engano, restaure o outro valor: fica como uma nova alteração, e o histórico guarda tudo.
conflict-undo-not = Para mudar o que já foi decidido, edite o cadastro: o histórico guarda tudo.
conflict-changed-since = Este campo foi alterado depois da decisão, por isso nada foi desfeito. Veja o cadastro.
conflict-decided-by = decidido por { $name }, { $when }
conflict-chosen = escolhido
conflict-restore = Restaurar este
conflict-own-value = Foi escrito outro valor.
conflicts-open = Abertos
conflicts-decided = Decididos
conflicts-none-decided = Nada foi decidido ainda

## Arquivos

files-title = Arquivos
files-drop = Solte para adicionar
files-hint = Arraste arquivos para cá: imagens, PDF, documentos de até 100 MB.
files-add = Adicionar arquivos
files-none = Nenhum arquivo ainda
files-none-text = Exames, encaminhamentos e imagens deste paciente, guardados com criptografia neste dispositivo e sincronizados depois dos registros.
file-deleted = { $name } excluído
file-elsewhere = a caminho daqui
file-incomplete = incompleto
file-download = Baixar { $name }
file-delete = Excluir { $name }
upload-progress = Envio de { $name }
upload-sent = { $sent } de { $size }
upload-left = faltam { $seconds } s
upload-cancel = Parar o envio de { $name }
preview-of = Prévia de { $name }
preview-none = Sem prévia
preview-beginning = Este é o começo. Baixe o arquivo para ver tudo.

emergency-title = Este registro está fechado para você
emergency-closed = O paciente é atendido em outra unidade, ou o cadastro é restrito à equipe dele.
emergency-what = Em uma emergência você pode abri-lo por três horas. O encarregado de conformidade vê quem abriu, por quê, e cada consulta.
emergency-reason = O que aconteceu?
emergency-reason-hint = Pelo menos 10 caracteres
emergency-open = Abrir em emergência
emergency-banner = Acesso de emergência até { $time }: cada consulta é marcada e comunicada.
rule-too-short = Isto é curto demais.

## Auditoria

trail-lead = Quem viu ou fez o quê neste computador. As linhas são encadeadas e assinadas: uma que falte ou tenha sido mudada aparece em “clinic-node audit verify”.
trail-refresh = Atualizar
trail-filter = Filtrar a auditoria
trail-number = Nº
trail-when = Quando
trail-who = Quem
trail-role = Função
trail-what = O quê
trail-detail = Detalhe
trail-reason = Motivo
trail-which = Cadastro
trail-outcome = Resultado
trail-from = De
trail-to = Até
trail-patient = Paciente
trail-which-find = Nome, documento ou id
trail-which-id = Id do cadastro
trail-all-patients = Todos os pacientes
trail-record-end = Cadastro …{ $end }
trail-everybody = Todas as pessoas
trail-everything = Tudo
trail-clear = Limpar
trail-only-person = Mostrar só o que esta pessoa fez
trail-only-record = Mostrar só este cadastro
trail-open = Abrir
trail-unknown = Pessoa desconhecida
trail-emergency = Emergência
trail-allowed = Permitido
trail-refused = Recusado
trail-none = Nenhuma linha
trail-none-text = Nada na auditoria deste computador corresponde ao filtro.
trail-not-yours = Quem audita lê isto
trail-not-yours-text = A auditoria é para auditoria, conformidade e administração da clínica.
trail-export = Exportar CSV
trail-export-warning = O arquivo sai do Posto, com nomes da equipe e cadastros consultados. A exportação fica registrada.
trail-exporting = { $count ->
    [one] { $count } linha …
   *[other] { $count } linhas …
  }
trail-exported = { $count ->
    [one] { $count } linha exportada
   *[other] { $count } linhas exportadas
  }
trail-exported-part = Só as { $count } linhas mais novas foram exportadas. Escolha um período para as outras.
trail-file = auditoria
trailgroup-break-glass = Acessos de emergência
trailgroup-patient = Pacientes: tudo
trailgroup-attachment = Arquivos: tudo
trailgroup-conflict = Conflitos: tudo
trailgroup-session = Entradas e saídas
trailgroup-audit = Leitura da auditoria
trail-patient-read = Abriu um cadastro
trail-patient-search = Buscou pacientes
trail-patient-duplicates = Procurou duplicados
trail-patient-history = Viu o histórico
trail-patient-timeline = Viu a linha do tempo
trail-patient-create = Cadastrou um paciente
trail-patient-update = Alterou um cadastro
trail-patient-restrict = Restringiu um cadastro
trail-patient-unrestrict = Liberou um cadastro
trail-patient-merge = Uniu cadastros
trail-patient-unmerge = Separou cadastros
trail-break-glass-declare = Declarou emergência
trail-break-glass-use = Viu em emergência
trail-attachment-list = Viu a lista de arquivos
trail-attachment-read = Viu os dados de um arquivo
trail-attachment-open = Abriu um arquivo
trail-attachment-begin = Começou a enviar um arquivo
trail-attachment-create = Adicionou um arquivo
trail-attachment-cancel = Desistiu de um envio
trail-attachment-delete = Excluiu um arquivo
trail-conflict-list = Viu os conflitos
trail-conflict-read = Viu um conflito
trail-conflict-resolve = Decidiu um conflito
trail-conflict-undo = Desfez uma decisão
trail-session-begin = Entrou
trail-session-end = Saiu
trail-pin-set = Definiu um PIN
trail-audit-read = Leu a auditoria
trail-audit-export = Exportou a auditoria
trail-audit-people = Viu as pessoas da auditoria
trail-user-create = Adicionou uma pessoa
trail-directory-create = Criou um registro da clínica
trail-node-backup = Fez um backup
trail-fhir-import = Importou FHIR
trail-fhir-export = Exportou FHIR
trail-sync-now = Sincronizou agora
trail-read = Ver
trail-read-log = Ler a auditoria
trail-search = Buscar
trail-create = Criar
trail-update = Alterar
trail-delete = Excluir
trail-history = Ver o histórico
trail-resolve = Decidir
trail-restrict = Restringir ou liberar
trail-merge = Unir
trail-break-glass = Abrir em emergência
trailkind-patient = Paciente
trailkind-attachment = Arquivo
trailkind-conflict-task = Conflito
trailkind-user = Pessoa
trailkind-clinic = Clínica
trailkind-location = Unidade
trailkind-role-grant = Função
trailkind-chart = Prontuário
trail-session-switch = Assumiu o balcão por PIN
trailkind-audit = Auditoria
trail-found = { $count ->
    [0] ninguém encontrado
    [one] { $count } encontrado
   *[other] { $count } encontrados
  }
