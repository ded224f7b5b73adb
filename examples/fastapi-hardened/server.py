"""The operation with strict types, the token before the body, and every error in the documented shape."""

import json
import os
import uuid
from typing import Optional

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError, StrictBool, conint, constr
from starlette.exceptions import HTTPException as StarletteHTTPException

POOLS = {"pool-a": "ready", "pool-b": "busy", "pool-f": "failing"}
IMAGES = {"img-1": {"billed": False}, "img-9": {"billed": True}}
TOKENS = {
    "example-token": {"project": "p1"},
    "example-token-expired": {"project": "p1", "expired": True},
    "example-token-readonly": {"project": "p1", "readonly": True},
    "example-token-of-p2": {"project": "p2"},
}
MAX_BODY = 1024 * 1024
MESSAGES = {
    400: "The request is invalid.",
    401: "Authentication failed.",
    403: "No permission.",
    404: "No such resource.",
    405: "The method is not allowed.",
    409: "The pool is being rebuilt.",
    413: "The body is too large.",
    500: "An internal service error occurred.",
}

Text = constr(strict=True, max_length=255)


class Rebuild(BaseModel):
    image_id: constr(strict=True, min_length=1, max_length=255)
    image_type: Optional[Text] = None
    os_type: Optional[Text] = None
    delay_time: Optional[conint(strict=True, ge=0, le=15)] = None
    message: Optional[constr(strict=True, max_length=400)] = None
    order_id: Optional[Text] = None
    is_fix: Optional[StrictBool] = None


app = FastAPI(openapi_url=None)
app.router.redirect_slashes = False


def answer(status: int) -> JSONResponse:
    """An error in the documented shape; a status that is not known becomes 400."""
    known = status if status in MESSAGES else 400
    return JSONResponse({"error_code": f"EX.0{known}", "error_msg": MESSAGES[known]}, known)


@app.exception_handler(StarletteHTTPException)
async def on_http_error(_request: Request, error: StarletteHTTPException):
    return answer(error.status_code)


@app.exception_handler(RequestValidationError)
async def on_invalid(_request: Request, _error: RequestValidationError):
    return answer(400)


@app.exception_handler(Exception)
async def on_failure(_request: Request, _error: Exception):
    return answer(500)


def authorise(project_id: str, x_auth_token: str = Header(default="")):
    token = TOKENS.get(x_auth_token)
    if token is None or token.get("expired"):
        raise HTTPException(401)
    if token["project"] != project_id or token.get("readonly"):
        raise HTTPException(403)


def refuse_constant(name: str):
    """Python's parser takes NaN and Infinity, which are no JSON."""
    raise ValueError(name)


async def body_of(request: Request, _token: None = Depends(authorise)) -> Rebuild:
    data = await request.body()
    if len(data) > MAX_BODY:
        raise HTTPException(413)
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=refuse_constant)
        if not isinstance(value, dict):
            raise HTTPException(400)
        return Rebuild.parse_obj(value)
    except (ValueError, RecursionError, ValidationError):
        raise HTTPException(400)


@app.post("/v2/{project_id}/desktop-pools/{pool_id}/rebuild")
async def rebuild(pool_id: str, body: Rebuild = Depends(body_of)):
    state = POOLS.get(pool_id)
    image = IMAGES.get(body.image_id)
    if state is None or image is None:
        raise HTTPException(404)
    if image["billed"] and not body.order_id:
        raise HTTPException(400)
    if state == "failing":
        raise HTTPException(500)
    if state == "busy":
        raise HTTPException(409)
    return {"job_id": str(uuid.uuid4())}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8087")), log_level="warning")
