/** Something that the caller can mend: bad usage, bad configuration. The command ends with 3 and prints the message alone. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
