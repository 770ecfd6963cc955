# Small and without root. Build: docker build -t greenlight .
# Run: docker run --env-file .env -v greenlight:/data -p 127.0.0.1:3000:3000 greenlight
FROM python:3.11-slim AS packages
RUN python -m venv --without-pip /venv
COPY requirements.lock .
# Wheels only: nothing is compiled, so no build tools are needed. pip itself stays behind in this stage.
RUN pip --python /venv/bin/python install --no-cache-dir --only-binary :all: -r requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin greenlight
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Nobody may write here later, and compiling at every start takes half a second.
RUN /venv/bin/python -m compileall -q .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATABASE_URL=sqlite+aiosqlite:////data/greenlight.db
USER greenlight
# The SQLite file. Without a volume here a new container starts empty; with PostgreSQL it is not used.
VOLUME ["/data"]
EXPOSE 3000
# Well when database, schema and worker are; Slack being away does not restart anything.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=4)"]
# SIGTERM: finish what was acknowledged, release the rest.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "serve"]
