import type { DeviationDimension } from '../specs/deviations.ts';
import type { Framework } from './fingerprint.ts';

/** In any framework, and what it is called in some. */
type How = { readonly any: string } & Readonly<Partial<Record<Framework, string>>>;

/** How to keep a truth of the page: the one place that says so, for reports and for the pages alike. */
export interface Recipe {
  readonly wants: string;
  readonly how: How;
}

export const credential: Recipe = {
  wants: 'A credential that is absent, wrong or expired is answered with 401, before anything else is looked at.',
  how: {
    any: 'Compare the whole token, byte for byte, with what was issued, and look it up in a Map or a table, never in a plain object. Do it in front of reading and validating the body.',
    Express: 'Put the check into a middleware in front of express.json(), and compare the whole header.',
    Fastify: 'Put the check into an onRequest hook: preHandler runs after the body was validated.',
    Hono: 'Put the check into a middleware of the route, in front of reading the body.',
    FastAPI:
      'Make the check a dependency that the one that reads the body depends on; a body that is a parameter is validated first.',
    Spring: 'Do it in a filter of Spring Security, not in the controller: that runs after @Valid.',
    'net/http': 'Wrap the handler in one that checks the token before the body is decoded.',
  },
};

export const project: Recipe = {
  wants: 'A token is good for its own project alone: on another one it is answered with 401, 403 or 404.',
  how: {
    any: 'Check the permission of the credential, and its project against project_id of the path, before looking for the pool.',
    Fastify: 'Compare request.params.project_id with the project of the token, in the same onRequest hook.',
    Express: 'Compare req.params.project_id with the project of the token, in the same middleware.',
    Hono: "Compare c.req.param('project_id') with the project of the token, in the same middleware.",
    FastAPI: 'Take project_id into the dependency that checks the token, and compare there.',
  },
};

export const accepted: Readonly<Record<DeviationDimension, Recipe>> = {
  type: {
    wants: 'A value of another JSON type than the page names is answered with 400; nothing is converted on the way.',
    how: {
      any: 'Validate the body against a schema that names each field and its JSON type, with every conversion switched off.',
      Express:
        'Validate req.body by a schema (zod: z.string(), z.int(), z.boolean(), none of z.coerce) and answer 400.',
      Fastify:
        "Fastify's Ajv converts by default: ajv: { customOptions: { coerceTypes: false, removeAdditional: false } }.",
      Hono: 'c.req.json() checks nothing: validate by a schema (zod: z.string(), z.int(), z.boolean()) and answer 400.',
      FastAPI:
        'pydantic converts by default: StrictStr, StrictInt and StrictBool, or constr(strict=True) and conint(strict=True).',
      Spring: 'Jackson converts by default: disable MapperFeature.ALLOW_COERCION_OF_SCALARS and ACCEPT_FLOAT_AS_INT.',
      'net/http': 'Decode into typed pointers, and treat every error of json.Decoder as 400.',
    },
  },
  range: {
    wants: 'delay_time is from 0 to 15, message has at most 400 characters, other texts at most 255: else 400.',
    how: {
      any: 'Put minimum, maximum and lengths into the schema that checks the types; lengths count characters, not bytes.',
      Express: 'zod: z.int().min(0).max(15), z.string().max(400), z.string().max(255).',
      Fastify: 'minimum, maximum, minLength and maxLength in the schema of the body.',
      Hono: 'zod: z.int().min(0).max(15), z.string().max(400), z.string().max(255); and hono/body-limit.',
      FastAPI: 'conint(ge=0, le=15), constr(max_length=400), constr(max_length=255).',
      Spring: '@Min(0) @Max(15), @Size(max = 400), @Size(max = 255), and @Valid on the parameter.',
    },
  },
  member: {
    wants: 'image_id is mandatory, under exactly this name and as a member of its own: else 400.',
    how: {
      any: 'Look for own members alone (Object.hasOwn, or a schema validator that does), and match names exactly.',
      'net/http': 'encoding/json matches names whatever their case: check the names yourself.',
      Spring: 'Leave MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES off, and @NotNull with @Valid on.',
    },
  },
  body: {
    wants: 'The body is a JSON object in JSON alone: anything else is answered with 400, a form or XML with 4xx.',
    how: {
      any: 'Parse strictly, refuse what is no object, read no other format on this route, and answer 400 for all that cannot be read.',
      FastAPI: 'pydantic takes pairs for an object: check isinstance(value, dict) before the model.',
      Express: 'Use express.json() on this route alone, no urlencoded(), and check the type of what it gives.',
    },
  },
  encoding: {
    wants: 'JSON is UTF-8: bytes that are none are answered with 400.',
    how: {
      any: 'Decode the bytes yourself, and strictly, before parsing: new TextDecoder("utf-8", { fatal: true }) in JavaScript.',
      Express:
        'express.json({ verify: (req, res, bytes) => … }): decode the bytes with TextDecoder and fatal: true there.',
      Fastify:
        "addContentTypeParser('application/json', { parseAs: 'buffer' }, …): decode with TextDecoder and fatal: true.",
      Hono: 'Read c.req.arrayBuffer(), decode with TextDecoder and fatal: true, then JSON.parse.',
      FastAPI: "data.decode('utf-8') on the raw body, then json.loads: request.json() lets some surrogates pass.",
      'net/http': 'utf8.Valid(body) before json.Unmarshal, which puts U+FFFD for what is none.',
    },
  },
  oddity: {
    wants: 'What a target may take or refuse is taken or refused cleanly.',
    how: { any: 'See what the row says; the same schema should decide.' },
  },
  credential,
  project,
  pool: {
    wants: 'A pool that does not exist, or whose id has another form, is answered with 404 or 400.',
    how: {
      any: 'Decode the segments of the path once, trim nothing, look the whole id up in the project, and answer 404 for what is not there.',
    },
  },
  image: {
    wants: 'An image that does not exist, or a billed one without its order, is answered with 400 or 404.',
    how: {
      any: 'Look the image up by the whole id before the job is made, and its order where it is billed: an empty text is no order.',
    },
  },
  request: {
    wants: 'The operation is POST on exactly this path: nothing else starts a rebuild.',
    how: {
      any: 'Route by the one method and the whole path, let nothing else fall through to the handler, and answer the rest from the router in the documented shape.',
      Express: 'app.route(path).post(…).all(…), the last one answering 405.',
      Hono: 'app.post(path, …), then app.all(path, …) answering 405.',
    },
  },
};

export const unreadable: Recipe = {
  wants: 'A client fault is never a 5xx: a body that is absent, malformed or of another format is answered with 400.',
  how: {
    any: 'Catch what parsing and storing throw and answer 400; take an absent body into account before looking into it.',
    Express:
      'req.body is undefined where nothing was parsed: validate it as it is (a schema refuses undefined), and turn errors with status 4xx into 400 in an error handler of four arguments.',
    Fastify: 'setErrorHandler: error.statusCode from 400 to 499 becomes 400 in the documented shape.',
    Hono: 'c.req.json() throws a plain error, which becomes 500: catch it, or read the text and JSON.parse it in a try, then throw a 400 of your own.',
    FastAPI: 'Catch RecursionError and ValueError around json.loads, and answer 400.',
    Spring: '@ExceptionHandler(HttpMessageNotReadableException.class) answers 400.',
    'net/http': 'Check the error of json.Decoder.Decode, io.EOF for no body included; recover() in a middleware.',
  },
};

export const validation: Recipe = {
  wants: 'A body that is not valid is answered with 400, not 422, in the documented shape.',
  how: {
    any: 'Register a handler for the validation error of the framework that answers 400 with error_code and error_msg.',
    FastAPI:
      '@app.exception_handler(RequestValidationError) answers 400; and check the token in a dependency that comes before the body, else a bad body hides a bad token.',
    Fastify: 'setErrorHandler: error.validation is set; answer 400 with error_code and error_msg.',
    Spring: '@ExceptionHandler(MethodArgumentNotValidException.class) answers 400 with error_code and error_msg.',
  },
};

export const otherStatus: Recipe = {
  wants:
    'The page gives each fault its status: 400 malformed, 401 credential, 403 permission, 404 no such resource, 409 conflict.',
  how: {
    any: 'Check in this order: credential, permission, the form of the body, the pool, the image. A value of a wrong type must not get as far as the look-up. What the framework answers by itself, such as 405, 415 and 422, becomes a status of the page.',
    Express:
      'Validate req.body by a schema before anything is looked up; turn 413 and 415 of the parsers into documented ones in the error handler.',
    Fastify:
      'Validate without conversion (coerceTypes: false), so that a wrong image_id is refused before the look-up; turn 415 of the content type parser into 400 in setErrorHandler.',
    Hono: 'Validate the body by a schema before anything is looked up.',
    FastAPI: 'Strict types, so that a wrong image_id is refused before the look-up.',
  },
};

export const shape: Recipe = {
  wants:
    'Every error is a JSON object with a string error_code, and error_msg; whoever answers, the router and the parsers included.',
  how: {
    any: 'One function writes every error, those of the router, the parser and the last handler included: hand it to the framework as its error handler and its handler of unknown routes.',
    Express:
      'app.use((error, req, res, next) => …) behind all routes, and before it app.use((req, res) => …) for unknown routes.',
    Fastify: 'setErrorHandler, setNotFoundHandler and the option frameworkErrors, all three with one function.',
    Hono: 'app.onError and app.notFound, both with one function.',
    FastAPI:
      "exception_handler for Starlette's HTTPException, RequestValidationError and Exception, all with one function.",
    Spring: '@RestControllerAdvice for everything, and an ErrorController for what never reaches a controller.',
    'net/http': 'Wrap the ServeMux: http.Error and its 404 are plain text, so write your own for both.',
  },
};

const node =
  "node:http answers heads that are too long before the framework sees them: server.on('clientError', (error, socket) => …) writes status, headers and the documented body itself, and ends the socket; the server is what listen() or serve() gives.";

/** Errors of what stands in front of the framework. */
export const inFront: Recipe = {
  wants: shape.wants,
  how: {
    any: 'The server or gateway in front of the framework wrote this answer: give it an error page in the documented shape, or limits that let the framework answer.',
    Express: node,
    Hono: node,
    Fastify: node,
    FastAPI:
      'uvicorn refuses long heads by itself, in plain text: raise h11_max_incomplete_event_size (uvicorn 0.20 or later, with http="h11"), or put a gateway in front that writes the documented shape.',
  },
};

export const others = {
  'rejected, yet acts': {
    wants: 'A request that is answered with an error starts nothing.',
    how: { any: 'Check everything first and make the job last, in one transaction with the check of the pool.' },
  },
  'no answer': {
    wants: 'Every request gets an answer in time, whatever is wrong with it.',
    how: {
      any: 'Answer every request, also one that cannot be parsed, before the connection is closed. Look for handlers that never answer when a parser fails, for regular expressions that run away, and for crashes: a process manager that restarts hides them.',
      Express: 'In Express 4 a rejected promise of an async handler is lost: pass it to next(), or use Express 5.',
    },
  },
  refused: {
    wants: 'Every valid way of writing a valid body is accepted with 200.',
    how: {
      any: 'See what the request has that the accepted one beside it has not: a gateway or a parser in front of the handler is the usual reason.',
    },
  },
  conduct: {
    wants: 'The same request gets the same status, and requests do not disturb each other.',
    how: {
      any: 'Look for state that requests share or that earlier ones leave behind: caches keyed too coarsely, counters, globals, pools of connections, replicas that are out of step.',
    },
  },
  leak: {
    wants: 'An error tells nothing of the inside: no stack trace, no path, no credential.',
    how: {
      any: 'Log the details, and answer with a fixed text of your own: nothing of exceptions, and nothing of the request.',
      Express: 'NODE_ENV=production hides stack traces; an error handler of your own hides the rest.',
    },
  },
  redirect: {
    wants: 'The page knows no redirect: clients do not follow one with POST.',
    how: {
      any: 'Switch off what adds or drops slashes, or goes by the case of a path.',
      FastAPI: 'app.router.redirect_slashes = False.',
      'net/http': 'ServeMux redirects for a pattern that ends in a slash: register the exact path.',
    },
  },
} as const satisfies Readonly<Record<string, Recipe>>;

export const acceptance: Recipe = {
  wants: 'An acceptance is 200 with a JSON object whose job_id is a string of its own.',
  how: {
    any: 'Answer with {"job_id": "…"} as application/json: the id of the job that was just made, a new one each time and as text, with no error beside it.',
  },
};

/** A 5xx to what is wrong elsewhere than in the body. */
export const clientFault: Recipe = {
  wants: 'A client fault is never a 5xx.',
  how: {
    any: 'Find the exception in the log by the request of the finding. Check the form of ids, headers and paths before they reach code that throws, and catch what throws.',
  },
};

/** More than any honest client sends. */
export const sizes: Recipe = {
  wants: 'Nesting and sizes beyond reason are refused, and bring nothing down.',
  how: {
    any: 'Bound the size of head and body and the depth of nesting in front of the parser, and answer 400, 413 or 431.',
  },
};

export const busy: Recipe = {
  wants: 'A pool that is being rebuilt answers 409.',
  how: { any: 'Decide whether a pool is free and occupy it in one step, and answer 409 to who comes second.' },
};

/** Who asks, on a connection on which somebody else has asked. */
export const connection: Recipe = {
  wants: credential.wants,
  how: { any: 'Keep who is asking with the request, never with the connection or the process.' },
};
