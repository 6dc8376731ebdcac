/** A provider in compact form; `expand` in provider.ts turns it into a `Provider`. */
export interface Row {
  /** Only if it differs from the name in lower case with hyphens. */
  readonly id?: string
  readonly name: string
  /** Separated by spaces, the main one first; `*` stands for one label. */
  readonly hosts: string
  readonly domains?: string
  /** In the order the provider recommends; the suffix `s` means implicit TLS, as in smtps. @default '587 465s' */
  readonly ports?: string
  readonly discouraged?: string
  readonly login?: string
  /** The kind of user name; `=word` is a fixed one, empty means undocumented. @default 'email' if `login` is set */
  readonly user?: string
  /** The day on which the provider turns off passwords by default, and the OAuth2 scope to use instead. */
  readonly passwordEnds?: { readonly date: string; readonly scope: string }
  /** Set for a provider that refuses address literals in EHLO. */
  readonly clientName?: 'domain'
  /** Further names in nodemailer's list of well-known services, separated by commas. */
  readonly aliases?: string
}

/** The catalogue, one provider per line. Sources and the dates on which they were read are in docs/providers.md. */
export const catalogue: readonly Row[] = [
  { name: 'Mailpro', hosts: 'smtp.mailpro.com', ports: '587 2525 465s', discouraged: '465', login: 'password' },
  { name: 'Gmail', hosts: 'smtp.gmail.com', domains: 'gmail.com googlemail.com', login: 'oauth2 app-password' },
  { id: 'google-workspace-relay', name: 'Google Workspace SMTP relay', hosts: 'smtp-relay.gmail.com', ports: '587', clientName: 'domain', aliases: 'GmailWorkspace' },
  { name: 'Microsoft 365', hosts: 'smtp.office365.com', ports: '587 25', login: 'oauth2 password', passwordEnds: { date: '2026-12-31', scope: 'https://outlook.office365.com/.default' }, aliases: 'Outlook365' },
  { id: 'outlook', name: 'Outlook.com', hosts: 'smtp-mail.outlook.com', domains: 'outlook.com hotmail.com live.com msn.com windowslive.com outlook.de outlook.fr outlook.es outlook.it hotmail.de hotmail.fr hotmail.it hotmail.es hotmail.co.uk live.de live.fr live.nl live.co.uk', ports: '587', login: 'oauth2 app-password', aliases: 'Hotmail' },
  { id: 'yahoo', name: 'Yahoo Mail', hosts: 'smtp.mail.yahoo.com', domains: 'yahoo.com yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.se yahoo.co.uk yahoo.co.in yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.com.ar ymail.com myyahoo.com rocketmail.com', login: 'oauth2 app-password' },
  { id: 'aol', name: 'AOL Mail', hosts: 'smtp.aol.com', domains: 'aol.com aim.com aol.de aol.fr aol.it aol.es aol.co.uk netscape.net', ports: '465s 587', login: 'oauth2 password' },
  { id: 'icloud', name: 'iCloud Mail', hosts: 'smtp.mail.me.com', domains: 'icloud.com me.com mac.com', ports: '587', login: 'app-password' },
  { id: 'zoho', name: 'Zoho Mail', hosts: 'smtp.zoho.com smtppro.zoho.com smtp.zoho.eu smtppro.zoho.eu smtp.zoho.in smtppro.zoho.in smtp.zoho.com.au smtppro.zoho.com.au smtp.zoho.jp smtppro.zoho.jp smtp.zoho.com.cn smtppro.zoho.com.cn smtp.zoho.sa smtppro.zoho.sa', domains: 'zoho.com zohomail.com', login: 'password app-password' },
  { name: 'Fastmail', hosts: 'smtp.fastmail.com', domains: 'fastmail.com fastmail.fm', ports: '465s 587', login: 'app-password' },
  { id: 'proton', name: 'Proton Mail', hosts: 'smtp.protonmail.ch', domains: 'proton.me protonmail.com pm.me protonmail.ch', ports: '587', login: 'smtp-credentials' },
  { name: 'GMX', hosts: 'mail.gmx.com mail.gmx.net', domains: 'gmx.net gmx.de gmx.at gmx.ch gmx.com gmx.eu gmx.org gmx.info gmx.us gmx.co.uk gmx.fr gmx.es gmx.it', login: 'password' },
  { name: 'WEB.DE', hosts: 'smtp.web.de', domains: 'web.de', login: 'password', user: 'account' },
  { name: 'mail.com', hosts: 'smtp.mail.com', domains: 'mail.com email.com post.com usa.com europe.com', login: 'password' },
  { name: 'T-Online', hosts: 'securesmtp.t-online.de', domains: 't-online.de magenta.de', login: 'app-password' },
  { id: 'freenet', name: 'freenet Mail', hosts: 'mx.freenet.de', domains: 'freenet.de', login: 'password' },
  { name: 'mailbox.org', hosts: 'smtp.mailbox.org', domains: 'mailbox.org', login: 'password app-password' },
  { name: 'Posteo', hosts: 'posteo.de', domains: 'posteo.de posteo.net posteo.org posteo.eu posteo.at posteo.ch', login: 'password' },
  { name: 'IONOS', hosts: 'smtp.ionos.de smtp.ionos.com smtp.ionos.co.uk smtp.ionos.fr smtp.ionos.es smtp.ionos.it', login: 'password' },
  { id: '1und1', name: '1&1', hosts: 'smtp.1und1.de', domains: 'online.de onlinehome.de', login: 'password' },
  { name: 'STRATO', hosts: 'smtp.strato.de', login: 'password' },
  { name: 'Hetzner', hosts: 'mail.your-server.de', ports: '465s', login: 'password' },
  { id: 'ovh', name: 'OVHcloud MX Plan', hosts: 'ssl0.ovh.net', ports: '465s', login: 'password' },
  { name: 'Infomaniak', hosts: 'mail.infomaniak.com', domains: 'ik.me ikmail.com etik.com', ports: '465s 587', discouraged: '587', login: 'password' },
  { name: 'Gandi', hosts: 'mail.gandi.net', ports: '587', aliases: 'GandiMail' },
  { name: 'Aruba', hosts: 'smtps.aruba.it', domains: 'aruba.it', ports: '465s' },
  { id: 'yandex', name: 'Yandex Mail', hosts: 'smtp.yandex.ru smtp.yandex.com', domains: 'yandex.ru yandex.com yandex.by yandex.kz ya.ru narod.ru', ports: '465s', login: 'password' },
  { name: 'Mail.ru', hosts: 'smtp.mail.ru', domains: 'mail.ru inbox.ru list.ru bk.ru', login: 'password' },
  { id: 'netease-163', name: '163 Mail', hosts: 'smtp.163.com', domains: '163.com', ports: '465s', login: 'app-password', aliases: '163' },
  { id: 'qq', name: 'QQ Mail', hosts: 'smtp.qq.com', domains: 'qq.com', login: 'app-password' },
  { id: 'naver', name: 'Naver Mail', hosts: 'smtp.naver.com', domains: 'naver.com', ports: '465s', login: 'password' },
  { name: 'one.com', hosts: 'send.one.com', ports: '465s', login: 'password', aliases: 'One' },
  { name: 'mail.ee', hosts: 'mail.ee', domains: 'mail.ee', ports: '465s', login: 'app-password' },
  { name: 'Runbox', hosts: 'mail.runbox.com smtp.runbox.com', domains: 'runbox.com runbox.no runbox.us', ports: '465s 587', login: 'password', user: 'account' },
  { name: 'Migadu', hosts: 'smtp.migadu.com', ports: '465s', login: 'password' },
  { id: 'rackspace', name: 'Rackspace Email', hosts: 'secure.emailsrvr.com', ports: '465s', login: 'password' },
  { name: 'DreamHost', hosts: 'smtp.dreamhost.com', login: 'password' },
  { id: 'namecheap', name: 'Namecheap Private Email', hosts: 'mail.privateemail.com', login: 'password' },
  { name: 'Hostinger', hosts: 'smtp.hostinger.com', ports: '465s', login: 'password', user: '' },
  { name: 'Amazon SES', hosts: 'email-smtp.*.amazonaws.com', ports: '587 2587 465s 2465s 25', login: 'smtp-credentials', user: '', aliases: 'SES' },
  { name: 'SendGrid', hosts: 'smtp.sendgrid.net', ports: '587 2525 465s 25', login: 'api-key', user: '=apikey' },
  { name: 'Mailgun', hosts: 'smtp.mailgun.org smtp.eu.mailgun.org', ports: '587 2525 465s 25', login: 'smtp-credentials' },
  { name: 'Postmark', hosts: 'smtp.postmarkapp.com smtp-broadcasts.postmarkapp.com', ports: '587 2525 25', login: 'api-key smtp-credentials', user: 'api-key' },
  { name: 'SparkPost', hosts: 'smtp.sparkpostmail.com smtp.eu.sparkpostmail.com', ports: '587 2525', login: 'api-key', user: '=SMTP_Injection' },
  { name: 'Mailjet', hosts: 'in-v3.mailjet.com', ports: '587 2525 465s', login: 'api-key', user: 'api-key' },
  { name: 'Brevo', hosts: 'smtp-relay.brevo.com', ports: '587 2525 465s', login: 'smtp-credentials', aliases: 'SendinBlue' },
  { name: 'Mailtrap', hosts: 'live.smtp.mailtrap.io bulk.smtp.mailtrap.io', ports: '587 2525 465s 25', login: 'api-key', user: '=api' },
  { name: 'Mailtrap Sandbox', hosts: 'sandbox.smtp.mailtrap.io', ports: '2525 587 465s 25', login: 'smtp-credentials', user: '' },
  { name: 'Resend', hosts: 'smtp.resend.com', ports: '465s 587 2587 2465s 25', login: 'api-key', user: '=resend' },
  { name: 'SMTP2GO', hosts: 'mail.smtp2go.com mail-us.smtp2go.com mail-eu.smtp2go.com mail-eu2.smtp2go.com mail-au.smtp2go.com', ports: '587 2525 8025 465s 8465s 443s 80 25', login: 'smtp-credentials', user: '' },
  { name: 'Elastic Email', hosts: 'smtp.elasticemail.com smtp25.elasticemail.com', ports: '587 2525 465s 25', login: 'smtp-credentials' },
  { id: 'mandrill', name: 'Mailchimp Transactional', hosts: 'smtp.mandrillapp.com', ports: '587 2525 465s 25', login: 'api-key' },
  { name: 'MailerSend', hosts: 'smtp.mailersend.net', ports: '587', login: 'smtp-credentials', user: '' },
  { id: 'scaleway', name: 'Scaleway Transactional Email', hosts: 'smtp.tem.scaleway.com smtp.tem.scw.cloud', ports: '587 2587 465s 2465s 25', discouraged: '25', login: 'api-key', user: 'account' },
  { name: 'ZeptoMail', hosts: 'smtp.zeptomail.com', login: 'api-key', user: '=emailapikey' },
  { name: 'Loops', hosts: 'smtp.loops.so', ports: '587', login: 'api-key', user: '=loops' },
  { name: 'Plunk', hosts: 'smtp.useplunk.com', login: 'api-key', user: '=plunk' },
  { id: 'azure-communication-services', name: 'Azure Communication Services Email', hosts: 'smtp.azurecomm.net', ports: '587 25', login: 'smtp-credentials', user: '' },
  { id: 'alibaba-direct-mail', name: 'Alibaba Cloud DirectMail', hosts: 'smtpdm.aliyun.com smtpdm-ap-southeast-1.aliyuncs.com smtpdm-us-east-1.aliyuncs.com smtpdm-eu-central-1.aliyuncs.com smtpdm-ap-southeast-1.aliyun.com smtpdm-ap-southeast-2.aliyun.com', ports: '465s 80 25' },
  { name: 'SocketLabs', hosts: 'smtp.socketlabs.com', ports: '587 2525 465s 25' },
  { name: 'SMTPeter', hosts: 'mail.smtpeter.com', ports: '587 2525 465s 25' },
  { name: 'Maileroo', hosts: 'smtp.maileroo.com', ports: '587 2525 465s', login: 'smtp-credentials', user: '' },
  { name: 'Maileroo Sandbox', hosts: 'smtp.sandbox.maileroo.io', ports: '587 2525 465s', login: 'smtp-credentials', user: '' },
  { name: 'AhaSend', hosts: 'send.ahasend.com send-us.ahasend.com', ports: '587 2525 25', login: 'smtp-credentials', user: '' },
  { name: 'AutoSend', hosts: 'smtp.autosend.com', login: 'api-key', user: '=autosend' },
  { name: 'Ethereal', hosts: 'smtp.ethereal.email', ports: '587', login: 'smtp-credentials' },
]
