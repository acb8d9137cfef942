import { seedDemo } from './demo';
import { Emulator } from './emulator';

// Prints one line of JSON with the values that `npm start` shows.
const emulator = await Emulator.start();
const { value, apiKey, projectId, location } = seedDemo(emulator);
process.on('SIGTERM', () => void emulator.stop().then(() => process.exit(0)));
console.log(
  JSON.stringify({ apiUrl: emulator.apiUrl, origin: emulator.origin, token: value, apiKey, projectId, location }),
);
