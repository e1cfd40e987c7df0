## Comum a todas as telas

close = Fechar
cancel = Cancelar
save = Salvar
edit = Editar
delete = Excluir
download = Baixar
remove = Remover
discard = Descartar
undo = Desfazer
try-again = Tentar de novo
yes = Sim
no = Não
language = Idioma
theme = Aparência
theme-system = Sistema
theme-light = Claro
theme-dark = Escuro
could-not-load = Não foi possível mostrar
load-older = Mostrar mais antigos

time-ago = { $unit ->
    [now] Agora
    [s] Há { $count } s
    [min] Há { $count } min
    [h] Há { $count } h
   *[d] { $count ->
        [one] Há { $count } dia
       *[other] Há { $count } dias
    }
  }

brand-home = Posto, para o início
nav-main = Principal
role-receptionist = Recepcionista
role-clinic-admin = Administração da clínica
role-system-admin = Administração do sistema
role-super-admin = Superadministração
role-support = Suporte
role-doctor = Médica ou médico
role-nurse = Enfermagem
role-pharmacist = Farmácia
role-lab-technician = Laboratório
role-radiologist = Radiologia
role-medical-assistant = Assistente clínico
role-billing-specialist = Faturamento
role-auditor = Auditoria
role-compliance-officer = Conformidade
role-data-analyst = Análise de dados
keys-title = Teclado
keys-help = Esta lista de teclas
keys-list = Mover na lista, abrir
keys-arrows = Setas e Enter
keys-close = Fechar o que está aberto

signin-title = Entrar
signin-password = Senha
signin-go = Entrar
signin-ended = Sua sessão terminou. O que você digitou foi guardado: entre para continuar.
sign-out = Sair

## Erros: o que houve, o que foi guardado, o que fazer

problem-invalid-request = O pedido não pôde ser entendido. Nada foi alterado. Recarregue a página e tente de novo.
problem-validation-failed = Alguns campos precisam de atenção. O que você digitou foi guardado.
problem-possible-duplicates = Talvez esta pessoa já tenha cadastro. Confira antes de salvar.
problem-not-found = Este cadastro não existe, ou você não pode vê-lo.
problem-unauthenticated = Sua sessão terminou. O que você digitou foi guardado: entre para continuar.
problem-wrong-credentials = Não confere. Verifique e tente de novo.
problem-password-required = Três tentativas erradas: entre com a senha.
problem-locked-out = Muitas tentativas erradas. Tente de novo em { $seconds ->
    [one] { $seconds } segundo
   *[other] { $seconds } segundos
  }.
problem-administrator-required = Este balcão está sem sincronizar há tempo demais. Um administrador precisa entrar primeiro.
problem-forbidden = Você não tem permissão para isso. Nada foi alterado.
problem-break-glass-required = Este registro é de outra unidade ou restrito à equipe do paciente. Só uma emergência o abre.
problem-record-restricted = Este cadastro é restrito à equipe do paciente. Nada foi alterado.
problem-csrf-rejected = Esta página está desatualizada. Recarregue; o que você digitou foi guardado.
problem-heads-required = Esta página está desatualizada. Recarregue; o que você digitou foi guardado.
problem-unknown-heads = Esta página mostra uma versão que este computador não tem. Recarregue; o que você digitou foi guardado.
problem-quarantined = Este cadastro está danificado neste computador e foi separado. Os outros estão bem. Avise o administrador.
problem-needs-newer-version = Este cadastro foi gravado por um Posto mais novo. Atualize este computador para abri-lo.
problem-already-done = Outra pessoa já fez isso. A lista está atualizada agora.
problem-merge-refused = Estes dois cadastros não podem ser unidos ou separados. Nada foi alterado.
problem-wrong-offset = O envio foi interrompido. Tente de novo: ele continua de onde parou.
problem-content-mismatch = O arquivo mudou durante o envio. Adicione-o de novo.
problem-content-incomplete = Só uma parte deste arquivo está neste computador. O resto chega na próxima sincronização.
problem-unsupported-media-type = Este tipo de arquivo não é aceito. Imagens, PDF e documentos são.
problem-range-not-satisfiable = Esta parte do arquivo não existe. Recarregue a página.
problem-payload-too-large = É grande demais. Os arquivos podem ter até 100 MB.
problem-rate-limited = Muitos pedidos ao mesmo tempo. Tente de novo em { $seconds } s.
problem-method-not-allowed = Esta página está desatualizada. Recarregue.
problem-not-ready = O Posto está iniciando. Tente de novo em instantes.
problem-storage-unavailable = Este computador não consegue salvar agora, o disco pode estar cheio. Nada foi salvo; o que você digitou foi guardado.
problem-offline = Sem conexão com o servidor. Tudo está salvo aqui e será enviado depois.
problem-timeout = Demorou demais. Tente de novo; o que você digitou foi guardado.
problem-internal = Algo deu errado do nosso lado. O que você digitou foi guardado. Tente de novo.
problem-unreachable = O Posto não responde neste computador. O que você digitou foi guardado. Verifique se ele está em execução e tente de novo.
