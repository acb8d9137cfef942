/** Test files are bundled one by one, and the process is what they share with their runner. */
const event = 'tir-test-says';

/** Has a line printed among the results, where a test measured or counted something. */
export function say(line: string): void {
  process.emit(event as 'message', `    ${line}`, undefined);
}

export function onSaid(listener: (line: string) => void): void {
  process.on(event as 'message', (line) => listener(String(line)));
}
