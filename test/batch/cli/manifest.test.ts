import fs from 'node:fs';
import { missingPackages } from '../../../src/batch/cli/manifest';

const manifest = (content: object) => jest.spyOn(fs, 'readFileSync').mockReturnValue(JSON.stringify(content));

afterEach(() => jest.restoreAllMocks());

it('names the optional packages that are not installed', () => {
  manifest({ version: '1.0.0', peerDependenciesMeta: { commander: {}, 'not-to-be-found': {} } });
  expect(missingPackages()).toEqual(['not-to-be-found']);
});

it('misses nothing where all packages are ordinary ones, as in the image', () => {
  manifest({ version: '1.0.0' });
  expect(missingPackages()).toEqual([]);
});
