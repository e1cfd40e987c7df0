/** The node's API, typed from its OpenAPI document. Refusals are thrown as `ProblemError`. */
import createClient from 'openapi-fetch';
import { guardedFetch } from './call';
import type { paths } from './node.generated';

export const node = createClient<paths>({ fetch: guardedFetch, credentials: 'same-origin' });
