# One image for the public process, the staff process, the scheduler and migrations: STARKESTELLE_ROLE tells them apart.
# tests/deploy/test_image.py runs these steps, one by one, in a clean directory.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt /opt/portal/requirements.txt
RUN python -m venv --without-pip /opt/portal/venv \
 && python -m pip --python /opt/portal/venv/bin/python install --require-hashes --only-binary :all: \
      --requirement /opt/portal/requirements.txt

FROM python:3.11-slim-bookworm
# nothing here installs anything later
RUN python -m pip uninstall --yes pip setuptools wheel
COPY --from=packages /opt/portal/venv /opt/portal/venv
WORKDIR /opt/portal/code
COPY manage.py ./
COPY starkestelle starkestelle
COPY directory directory
COPY contact contact
COPY templates templates
COPY static static
COPY fixtures fixtures
COPY deploy/scheduler.sh deploy/scheduler.sh
# one heap for all threads: they take turns anyway, and each heap would keep the room of a catalogue it once built;
# and what is large goes back to the system for good: glibc's own threshold would rise with the largest thing freed
ENV PATH=/opt/portal/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 \
    VAR_DIR=/opt/portal/var \
    CONTACT_PUBLIC_KEYS_DIR=/opt/portal/keys/public CONTACT_PRIVATE_KEYS_DIR=/opt/portal/keys/private
# style sheets and scripts of both roles; the settings are made up and stay in this step
RUN SECRET_KEY=only-for-this-step ALLOWED_HOSTS=build.invalid STARKESTELLE_ROLE=staff \
    OPERATOR_NAME=build OPERATOR_ADDRESS=build OPERATOR_EMAIL=build@build.invalid \
    python manage.py collectstatic --no-input --verbosity 0 \
 && python -m compileall -q /opt/portal/code
# what volumes cover: they begin with this owner and these rights
RUN mkdir -p -m 755 /opt/portal/keys/public /opt/portal/schedule && mkdir -m 700 /opt/portal/keys/private \
 && chown 10001:10001 /opt/portal/keys/public /opt/portal/keys/private /opt/portal/schedule
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "starkestelle.healthcheck"]
CMD ["python", "-m", "gunicorn", "--config", "python:starkestelle.gunicorn_conf", "--bind", "0.0.0.0:8000", "starkestelle.wsgi"]
