# What the layers of packages have in common: the locked wheels, those of Graviton, or of LAMBDA_MACHINE.
# `sam build` runs a layer's own Makefile, with a copy of the layer's folder as the current one.
.PHONY: wheels
wheels:
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --target "$(ARTIFACTS_DIR)/python" --python-version 3.12 \
			--python-platform $(or $(LAMBDA_MACHINE),aarch64)-manylinux_2_28 --only-binary :all: --no-deps --require-hashes -r requirements.txt; \
	else \
		python3.12 -m pip install --quiet --no-compile --target "$(ARTIFACTS_DIR)/python" --python-version 3.12 \
			$(foreach libc,_2_28 _2_17 2014,--platform manylinux$(libc)_$(or $(LAMBDA_MACHINE),aarch64)) \
			--only-binary :all: --no-deps --require-hashes -r requirements.txt; \
	fi
	@find "$(ARTIFACTS_DIR)/python" \( -type d -name tests -o -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.pyx' \
		-o -name '*.pxd' -o -name '*.pyi' -o -name '*.a' -o -name '*.proto' \) -prune -exec rm -rf {} +  # nothing reads them
