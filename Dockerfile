# Small, not root, health-checked. What is kept (database, mailbox) lives in the volume /app/data.
#   docker build -t coverage-monitor .
#   docker run --rm coverage-monitor demo --once --output /tmp/mails
# To reach the page from outside: MONITOR_HOST=0.0.0.0, which needs MONITOR_PASSWORD. See compose.yaml.
FROM python:3.13-slim AS build
WORKDIR /src
COPY locks/run.txt locks/run.txt
RUN python -m venv /opt/monitor \
 && /opt/monitor/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r locks/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY monitor monitor
COPY config config
COPY seeds seeds
RUN /opt/monitor/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.13-slim
# The data folder is a real folder below /app: no path of the configuration may lead out of there.
RUN useradd --system --user-group --uid 10001 --home-dir /app/data --no-create-home monitor \
 && mkdir -p /app/data \
 && chown monitor:monitor /app/data
COPY --from=build /opt/monitor /opt/monitor
COPY config /app/config
COPY seeds /app/seeds
ENV PATH=/opt/monitor/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
USER monitor
VOLUME /app/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + (os.environ.get('MONITOR_PORT') or '8080') + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["monitor"]
CMD ["run", "--config", "config"]
