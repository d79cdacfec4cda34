import { LimitSet, ResourceLimit } from 'temporal-limits';

/** What the database allows, of which `max_connections` keeps a few for its administrators. */
export const CONNECTIONS = 20;

/** The same limits in every process that makes them: they are shared by their name. */
export const databaseLimits = (): LimitSet =>
  new LimitSet({
    name: 'postgres',
    mode: 'temporal',
    limits: [new ResourceLimit({ key: 'connections', capacity: CONNECTIONS })],
  });
