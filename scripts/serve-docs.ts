import { serveDocs } from './support/serve-docs';

/** Serves what `npm run docs` has built. `PORT` names another port than 7250. */
async function main(): Promise<void> {
  const { url } = await serveDocs('docs/api', Number(process.env['PORT'] ?? 7250));
  console.log(`The documents are at ${url}. Ctrl-C ends this.`);
}

void main();
