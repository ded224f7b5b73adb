import { requirements } from '../specs/requirements.ts';

/** One cell of the page's tables, in our own words, and the ids of the rows that rest on it. */
export interface Cell {
  readonly name: string;
  readonly says: string;
  readonly rows: readonly string[];
}

export interface Section {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** The places that rows name as their sources: how each begins, and what stands there. */
const layout: readonly { readonly name: string; readonly cells: readonly (readonly [string, string, RegExp])[] }[] = [
  {
    name: 'URI',
    cells: [
      ['path', 'POST on the path of the operation.', /^URI$/],
      ['project_id', 'Mandatory: the project of the pool.', /^URI, project_id/],
      ['pool_id', 'Mandatory: the pool.', /^URI, pool_id/],
    ],
  },
  {
    name: 'Request',
    cells: [
      ['X-Auth-Token', 'A token, where the request is not signed.', /X-Auth-Token|signing/i],
      ['body', 'A JSON object of these fields.', /^(Request Parameters|Example Requests)$/],
      ['image_id', 'Mandatory, a string: the template.', /^Request Parameters, image_id/],
      ['image_type', 'Optional, a string.', /^Request Parameters, image_type/],
      ['os_type', 'Optional, a string.', /^Request Parameters, os_type/],
      ['delay_time', 'Optional, whole minutes.', /^Request Parameters, delay_time/],
      ['message', 'Optional, a string for the users.', /^Request Parameters, message/],
      ['order_id', 'Optional, a string; mandatory for billed images.', /^Request Parameters, order_id/],
      ['is_fix', 'Optional, true or false.', /^Request Parameters, is_fix/],
    ],
  },
  {
    name: 'Response',
    cells: [
      ['job_id', 'A string: the task that was started.', /^Response Parameters, 200/],
      ['errors', 'error_code, error_msg and two more, all strings.', /^Response Parameters, (status codes )?4/],
    ],
  },
  {
    name: 'Status codes',
    cells: [
      ['200', 'Accepted.', /^Status Codes, 200/],
      ['400', 'The request cannot be understood.', /^Status Codes, 400/],
      ['401', 'Authentication failed.', /^Status Codes, 401/],
      ['403', 'No permission.', /^Status Codes, 403/],
      ['404', 'No such resource.', /^Status Codes, 404/],
      ['409', 'A conflict.', /^Status Codes, 409/],
      ['500', 'An internal error.', /^Status Codes, 500/],
      ['all', 'These and no others.', /^Status Codes$/],
    ],
  },
];

/** The page by its sections. A row stands in each cell that it rests on, or else under what is not on the page. */
export const sections: readonly Section[] = [
  ...layout.map(({ name, cells }) => ({
    name,
    cells: cells.map(([cell, says, where]) => ({
      name: cell,
      says,
      rows: requirements.filter(({ source }) => source.some((one) => where.test(one.where))).map(({ id }) => id),
    })),
  })),
  {
    name: 'Not on the page',
    cells: [
      {
        name: 'elsewhere',
        says: "Other public documents: HTTP, JSON, the vendor's definition, prudence.",
        rows: requirements
          .filter(({ source }) =>
            source.every((one) => !layout.some(({ cells }) => cells.some(([, , where]) => where.test(one.where)))),
          )
          .map(({ id }) => id),
      },
    ],
  },
];
