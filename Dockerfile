# The portal as one image (portal, worker, beat and migrate run it) and the proxy in front of it.
# Tags name the release line, so that building again brings the security fixes.

FROM python:3.11-slim-bookworm AS assets
WORKDIR /portal
COPY requirements/node.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/node.txt
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY static/build.js static/
COPY static/src static/src
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt requirements/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt

FROM python:3.11-slim-bookworm AS portal
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install --directory --owner=portal --group=portal --mode=0700 /data /data/private
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp \
    PORTAL_MODE=production \
    DATA_DIR=/data \
    STATIC_DIR=/portal/static/collected
WORKDIR /portal
COPY --from=packages /venv /venv
COPY manage.py ./
COPY lscb lscb
COPY boards boards
COPY audits audits
COPY casereviews casereviews
COPY cdop cdop
COPY training training
COPY dataset dataset
COPY templates templates
COPY docker/healthy.py docker/
COPY --from=assets /portal/static/build static/build
# Collecting needs no secrets; a demonstration has none.
RUN PORTAL_MODE=demonstration DATA_DIR=/tmp/collecting python manage.py collectstatic --noinput \
    && rm -rf /tmp/collecting
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "docker/healthy.py"]
CMD ["gunicorn", "lscb.wsgi", "--bind=0.0.0.0:8000", "--workers=3", "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--max-requests=2000", "--max-requests-jitter=200"]

FROM caddy:2.10-alpine AS proxy
COPY docker/Caddyfile /etc/caddy/Caddyfile
RUN mkdir -p /data /config && chown -R 10002:10002 /data /config
USER 10002:10002
EXPOSE 8080 8443
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile"]
