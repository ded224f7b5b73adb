/** The JSON media type, as every answer of the endpoint carries it. */
const jsonHeaders = { 'content-type': 'application/json' };

/** An answer with any JSON value. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { ...jsonHeaders, ...headers } });
}

/** An error in the documented shape; texts are fixed, so that nothing of the request comes back. */
export function reject(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return json({ error_code: code, error_msg: message }, status, headers);
}

/** 404 for an address that is no operation. */
export function notFound(): Response {
  return reject(404, 'WKS.0004', 'No such resource.');
}

/** What is said of a request that is not as it must be. */
export const invalid = { error_code: 'WKS.0001', error_msg: 'The request is invalid.' } as const;

export function badRequest(): Response {
  return json(invalid, 400);
}
