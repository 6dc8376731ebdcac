/** Postern's promises, by number. */
export const promises = {
  1: 'Never in the clear',
  2: 'Never twice, never needlessly lost',
  3: 'Never silent',
  4: 'Never hammering',
  5: 'Never unbounded',
  6: 'Never leaking',
} as const

export type PromiseNumber = keyof typeof promises
