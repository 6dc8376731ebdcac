/** The name of the mailer without a name. */
export const UNNAMED = 'default'

/**
 * The injection token of a mailer, for `inject: [...]` and for `overrideProvider(...)`.
 *
 * @param name the name given to `PosternModule.forRoot`; unset: the mailer without one
 * @example
 * Test.createTestingModule({ imports: [AppModule] }).overrideProvider(getMailerToken()).useValue(createRecordingMailer())
 */
export function getMailerToken(name: string = UNNAMED): string {
  return tokenFor('PosternMailer', name)
}

/** The token of a mailer's lifecycle hooks; internal. */
export function lifecycleToken(name: string = UNNAMED): string {
  return tokenFor('PosternMailerLifecycle', name)
}

/** Readable, because Nest prints it when a provider is missing. */
export function tokenFor(kind: string, name: string): string {
  return name === UNNAMED ? kind : `${kind}:${name}`
}
