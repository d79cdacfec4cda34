import { readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { Converter, PageEvent, RendererEvent } from 'typedoc';

/** The documents of the site, by their files. The guide has the names and the order of its table. */
const GROUPS = {
  Guide: { 'docs/guide/README.md': 'Guide', ...pagesOf('docs/guide/') },
  More: {
    'docs/reference.md': 'Reference',
    'docs/names.md': 'Every public name',
    'docs/guarantees.md': 'Guarantees',
    'docs/benchmarks.md': 'Benchmarks',
    'docs/protocol.md': 'Protocol',
    'docs/growth.md': 'Growth',
    'docs/security.md': 'Security',
    'docs/architecture.md': 'Architecture',
    'examples/README.md': 'Examples',
    'CHANGELOG.md': 'Changelog',
    'CONTRIBUTING.md': 'Contributing',
  },
};

function pagesOf(folder) {
  const rows = readFileSync(`${folder}README.md`, 'utf8').matchAll(/^\| \[([^\]]+)\]\(([\w-]+\.md)\)/gm);
  return Object.fromEntries([...rows].map(([, name, file]) => [folder + file, name.replaceAll('`', '')]));
}

/** Gives each document its name and its group. TypeDoc would name it after its file. */
function nameDocuments({ converter }) {
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const file = path.relative('.', document.project.files.getReflectionPath(document));
    const [group, names] = Object.entries(GROUPS).find(([, names]) => file in names);
    document.name = names[file];
    document.frontmatter.group = group;
  });
}

/** Has a browser show the linked sources of the examples: it takes `.ts` for a film, and saves it. */
function showSources({ renderer }) {
  renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents?.replace(/(href="[./]*media\/[\w.-]+\.ts)"/g, '$1.txt"');
  });
  renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    const media = path.join(outputDirectory, 'media');
    const sources = readdirSync(media).filter((name) => name.endsWith('.ts'));
    for (const name of sources) renameSync(path.join(media, name), path.join(media, `${name}.txt`));
  });
}

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'temporal-limits',
  includeVersion: true,
  entryPoints: ['src/index.ts', 'src/workflows/index.ts', 'src/activities/index.ts'],
  projectDocuments: Object.values(GROUPS).flatMap((names) => Object.keys(names)),
  customCss: 'scripts/support/docs-site.css',
  plugin: [nameDocuments, showSources],
  tsconfig: 'tsconfig.build.json',
  // `npm run types` has found them
  skipErrorChecking: true,
  out: 'docs/api',
  navigation: { includeGroups: true },
  groupOrder: ['Guide', 'More', '*'],
  searchInDocuments: true,
  includeHierarchySummary: false,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  intentionallyNotExported: [
    'BatchInput',
    'SetDefinition',
    'AllocatorSnapshot',
    'Packed',
    'MetricOptions',
    'Recorder',
    'ObservableMetric',
    'OpenTelemetrySpan',
  ],
  disableSources: true,
};
