import licences from 'spdx-license-list/full';
import { type InputItem } from '../src/batch/files/input';

/** One item for each licence of the list, some 700 real texts of 16 to 9,400 tokens. */
export function licenceItems(): InputItem[] {
  return Object.entries(licences).map(([id, { licenseText }], i) => ({
    id,
    prompt: `Summarise: ${licenseText}`,
    maxTokens: 32 + ((i * 7) % 64),
  }));
}
