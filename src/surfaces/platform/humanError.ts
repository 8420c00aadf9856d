/** An error whose message is one sentence for the person who ran a command. */
export class HumanError extends Error {
  override readonly name = 'HumanError';
}

/** Thrown to end a command that the person called off; it is not reported. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}
