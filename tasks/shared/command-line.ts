/** Options in the order given, each with its value: what to type for the same. Names are as the task defines them: `dipBuyers`. */
export function commandLine(task: string, options: readonly (readonly [name: string, value: string])[]): string {
  const words = options.flatMap(([name, value]) => [
    `--${name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
    value,
  ]);
  return ["npx", "hardhat", task, ...words].map(shellQuoted).join(" ");
}

export function shellQuoted(word: string): string {
  return /^[\w.,/:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
