/** The console's API of the server, typed from its OpenAPI document. Refusals are thrown as `ProblemError`. */
import createClient from 'openapi-fetch';
import { guardedFetch } from './call';
import type { paths } from './server.generated';

export const server = createClient<paths>({ fetch: guardedFetch, credentials: 'same-origin' });
