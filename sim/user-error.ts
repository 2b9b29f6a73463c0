/**
 * A failure that the user can put right: bad input, no deployment, an unreachable node. One line, no stack.
 * @example throw new UserError(`unknown scenario "${name}": try one of ${names.join(", ")}`)
 */
export class UserError extends Error {
  override readonly name = "UserError";

  /** @param message One line, lower case, without a full stop; says what to do if that is not plain. */
  constructor(message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, " ").trim(), options);
  }
}
