import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const PROGRAM = `
  const { installQuietRuntime } = require('./src/batch/temporal/quiet-runtime');
  installQuietRuntime();
  const { Worker } = require('node:worker_threads');
  const tell = 'require("node:worker_threads").parentPort.postMessage(require("node:vm").runInNewContext("Error.stackTraceLimit"))';
  new Worker(tell, { eval: true }).on('message', (limit) => {
    console.log(limit, Error.stackTraceLimit);
    process.exit();
  });
`;

// in a process of its own: it holds for all that comes after it
it('has workflows record one frame of where a promise was made, and leaves the errors of the command as they are', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', PROGRAM]);
  expect(stdout).toBe('1 10\n');
});
