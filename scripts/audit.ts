/**
 * Asks the registry for vulnerabilities of what this package depends on: `npm run audit`. Fails if a package that its users
 * get has one. Of those that only its development needs, and of a registry that does not answer, it says so and no more: an
 * outage of the registry, or a hole in a tool that never meets hostile input, is no reason to hold up a change.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type AuditAnswer, type LockedPackages, verdictOf } from './support/audit-verdict';

const root = path.join(__dirname, '..');
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as { packages: LockedPackages };
// it also fails where it has found something, and answers all the same
const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' });
const { lines, isBad } = verdictOf(JSON.parse(stdout) as AuditAnswer, lock.packages);
for (const line of lines) console.log(line);
if (isBad) process.exitCode = 1;
