"""The operation as one would write it in a hurry: a model, two lookups, and the framework's own error answers."""

import os
import uuid
from typing import Optional

import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

app = FastAPI()


class Rebuild(BaseModel):
    image_id: str
    image_type: Optional[str] = None
    os_type: Optional[str] = None
    delay_time: Optional[int] = None
    message: Optional[str] = None
    order_id: Optional[str] = None
    is_fix: Optional[bool] = None


@app.post("/v2/{project_id}/desktop-pools/{pool_id}/rebuild")
def rebuild(project_id: str, pool_id: str, body: Rebuild, x_auth_token: str = Header(default="")):
    if x_auth_token != "example-token":
        raise HTTPException(401, "Authentication failed.")
    if project_id != "p1" or pool_id != "pool-a" or body.image_id != "img-1":
        raise HTTPException(404, "No such pool or image.")
    return {"job_id": str(uuid.uuid4())}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8086")), log_level="warning")
