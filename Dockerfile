# The service as an image: docker build -t multiline . — everything it runs on comes from requirements.lock, by hash.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/multiline
COPY requirements.lock ./
RUN /opt/multiline/bin/python -m pip --disable-pip-version-check install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY bot bot
COPY cards cards
COPY manifest manifest
RUN /opt/multiline/bin/python -m pip --disable-pip-version-check install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/multiline --create-home multiline
COPY --from=build /opt/multiline /opt/multiline
COPY appPackage /var/lib/multiline/appPackage
ENV PATH=/opt/multiline/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=3978 \
    DATABASE_URL=sqlite+aiosqlite:////var/lib/multiline/data/multiline.db
WORKDIR /var/lib/multiline
RUN mkdir data && chown multiline:multiline data
USER 10001
VOLUME /var/lib/multiline/data
EXPOSE 3978
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
