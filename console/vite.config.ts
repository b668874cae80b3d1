/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 900 },
  server: { proxy: { "/v1": "http://localhost:8000", "/hooks": "http://localhost:8000" } },
  test: { include: ["src/**/*.test.ts"], testTimeout: 60_000 },
});
