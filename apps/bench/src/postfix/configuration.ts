import type { Owner } from '../host/owner.ts'

/** The values that differ between runs. */
interface Configuration {
  readonly hostname: string
  readonly domain: string
  readonly address: string
  readonly recipient: string
  /** The folders and files, all under one temporary folder. */
  readonly paths: Readonly<Record<'queue' | 'data' | 'mail' | 'chain' | 'log' | 'root', string>>
  readonly mailOwner: Owner
}

/** The text of `main.cf`. */
export function mainConfiguration(options: Configuration): string {
  const { hostname, domain, address, recipient, paths, mailOwner } = options
  return settingsText({
    compatibility_level: '3.6',
    queue_directory: paths.queue,
    data_directory: paths.data,
    maillog_file: paths.log,
    maillog_file_prefixes: paths.root,
    myhostname: hostname,
    mydomain: domain,
    myorigin: domain,
    inet_interfaces: address,
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',

    // The namespace has no name server: each lookup would time out.
    smtpd_peername_lookup: 'no',
    smtp_dns_support_level: 'disabled',

    // Nothing is relayed: mail goes to the mailbox below or fails.
    mydestination: '',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    default_transport: 'error:this server only fills its own mailbox',
    relay_transport: 'error:this server only fills its own mailbox',
    relay_domains: '',
    fast_flush_domains: '',
    notify_classes: '',
    virtual_mailbox_domains: domain,
    virtual_mailbox_base: paths.mail,
    virtual_mailbox_maps: `inline:{ {${recipient} = inbox/} }`,
    virtual_uid_maps: `static:${mailOwner.uid}`,
    virtual_gid_maps: `static:${mailOwner.gid}`,
    message_size_limit: '52428800',
    mailbox_size_limit: '0',
    virtual_mailbox_limit: '0',

    smtpd_tls_chain_files: paths.chain,
    smtpd_tls_security_level: 'encrypt',
    smtpd_tls_auth_only: 'yes',
    smtpd_tls_loglevel: '1',
    smtpd_sasl_auth_enable: 'yes',
    smtpd_sasl_type: 'cyrus',
    smtpd_sasl_path: 'smtpd',
    smtpd_sasl_security_options: 'noanonymous',
    smtpd_sasl_local_domain: domain,
    smtpd_relay_restrictions: 'permit_sasl_authenticated, reject',
    smtpd_recipient_restrictions: 'permit_sasl_authenticated, reject',

    // All connections come from one client, so limits per client would distort the measurement.
    smtpd_client_connection_count_limit: '0',
    smtpd_client_connection_rate_limit: '0',
    default_process_limit: '200',
    in_flow_delay: '0',
  })
}

/** The text of `master.cf`, without `smtp` and `local`: nothing is delivered elsewhere. */
export function masterConfiguration(): string {
  return [
    // Like an MX: TLS is optional, and AUTH needs TLS.
    '25       inet  n - n - - smtpd -o syslog_name=postfix/25 -o smtpd_tls_security_level=may',
    '587      inet  n - n - - smtpd -o syslog_name=postfix/587',
    '2525     inet  n - n - - smtpd -o syslog_name=postfix/2525',
    '465      inet  n - n - - smtpd -o syslog_name=postfix/465 -o smtpd_tls_wrappermode=yes',
    'cleanup  unix  n - n - 0 cleanup',
    'qmgr     unix  n - n 300 1 qmgr',
    'tlsmgr   unix  - - n 1000? 1 tlsmgr',
    'rewrite  unix  - - n - - trivial-rewrite',
    'bounce   unix  - - n - 0 bounce',
    'defer    unix  - - n - 0 bounce',
    'trace    unix  - - n - 0 bounce',
    'proxymap unix  - - n - - proxymap',
    'showq    unix  n - n - - showq',
    'error    unix  - - n - - error',
    'retry    unix  - - n - - error',
    'virtual  unix  - n n - - virtual',
    'anvil    unix  - - n - 1 anvil',
    'postlog  unix-dgram n - n - 1 postlogd',
    '',
  ].join('\n')
}

function settingsText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}
