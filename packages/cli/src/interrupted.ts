/** Ctrl-C was typed at a question, where the terminal sends no signal. */
export class Interrupted extends Error {}
