import { seedDemo } from './demo';
import { Emulator } from './emulator';

// Prints one line of JSON: what `npm start` tells the person.
const emulator = await Emulator.start();
const { value, apiKey, projectId, location } = seedDemo(emulator);
console.log(
  JSON.stringify({ apiUrl: emulator.apiUrl, origin: emulator.origin, token: value, apiKey, projectId, location }),
);
process.on('SIGTERM', () => void emulator.stop().then(() => process.exit(0)));
