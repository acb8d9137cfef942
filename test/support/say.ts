/** Name of an event of the process, which is all that test files, bundled one by one, share with their runner. */
const event = 'tir-test-says';

/** Prints a line among the results, such as something that a test measured or counted. */
export function say(line: string): void {
  process.emit(event as 'message', `    ${line}`, undefined);
}

export function onSaid(listener: (line: string) => void): void {
  process.on(event as 'message', (line) => listener(String(line)));
}
