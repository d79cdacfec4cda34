import fs from 'node:fs';
import { missingPackages } from '../../../src/batch/cli/manifest';

/** This package has that manifest, and commander is there in this version. */
function manifest(content: object, commander = '14.0.3'): void {
  jest.spyOn(fs, 'readFileSync').mockImplementation((file) => {
    const isCommander = /node_modules.commander.package\.json$/.test(String(file));
    return JSON.stringify(isCommander ? { version: commander } : content);
  });
}

const needed = {
  ...{ version: '1.0.0', peerDependencies: { commander: '^14.0.3', 'not-to-be-found': '^1.0.0' } },
  peerDependenciesMeta: { commander: {}, 'not-to-be-found': {} },
};

afterEach(() => jest.restoreAllMocks());

it('names the optional packages that are not installed', () => {
  manifest(needed);
  expect(missingPackages()).toEqual(['not-to-be-found']);
});

it('names with them those of another major version, as others may have brought along', () => {
  manifest(needed, '2.20.3');
  expect(missingPackages()).toEqual(['commander 14 (found 2)', 'not-to-be-found']);
});

it('misses nothing where all packages are ordinary ones, as in the image', () => {
  manifest({ version: '1.0.0' });
  expect(missingPackages()).toEqual([]);
});
