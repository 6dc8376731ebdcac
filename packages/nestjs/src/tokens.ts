/** The mailer that nobody gave a name. */
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

/** Whoever looks after a mailer: not for the public. */
export function keeperToken(name: string = UNNAMED): string {
  return tokenFor('PosternMailerKeeper', name)
}

/** What Nest prints when it misses one. */
export function tokenFor(what: string, name: string): string {
  return name === UNNAMED ? what : `${what}:${name}`
}
