{{- /* What every service is told: (dict "root" $ "component" "tagger"). docs/reference/config.md knows each name. */ -}}
{{- define "flowloom.env" -}}
{{- $values := .root.Values -}}
- {name: KAFKA_BROKERS, value: {{ join "," $values.kafka.brokers | quote }}}
{{- with $values.kafka }}
- {name: FLOWLOOM_TOPIC_PREFIX, value: {{ .topicPrefix | quote }}}
- {name: FLOWLOOM_TOPIC_PARTITIONS, value: {{ .topicPartitions | int64 | quote }}}
- {name: FLOWLOOM_TOPIC_RETENTION_MS, value: {{ .topicRetentionMs | int64 | quote }}}
- {name: FLOWLOOM_TRANSACTIONS, value: {{ .transactions | quote }}}
- {name: FLOWLOOM_KAFKA_COMPRESSION, value: {{ .compression | quote }}}
- {name: FLOWLOOM_KAFKA_TLS, value: {{ .tls.enabled | quote }}}
{{- if .tls.clientSecret }}
- {name: FLOWLOOM_KAFKA_TLS_CERTIFICATE_FILE, value: /etc/flowloom/kafka/{{ .tls.certificateKey }}}
- {name: FLOWLOOM_KAFKA_TLS_KEY_FILE, value: /etc/flowloom/kafka/{{ .tls.keyKey }}}
{{- end }}
{{- with .sasl }}
- {name: FLOWLOOM_KAFKA_SASL_MECHANISM, value: {{ .mechanism | quote }}}
{{- if ne .mechanism "none" }}
- name: FLOWLOOM_KAFKA_SASL_USERNAME
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .usernameKey }}}}
- name: FLOWLOOM_KAFKA_SASL_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .passwordKey }}}}
{{- end }}
{{- end }}
{{- end }}
{{- /* The capturer stores nothing in Redis. */}}
{{- if ne .component "capturer" }}
{{- with $values.redis }}
{{- if .urlSecret }}
- name: REDIS_URL
  valueFrom: {secretKeyRef: {name: {{ .urlSecret }}, key: {{ .urlKey }}}}
{{- else }}
- {name: REDIS_URL, value: {{ join "," .urls | quote }}}
{{- if .passwordSecret }}
- name: FLOWLOOM_REDIS_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ .passwordSecret }}, key: {{ .passwordKey }}}}
{{- if .usernameKey }}
- name: FLOWLOOM_REDIS_USERNAME
  valueFrom: {secretKeyRef: {name: {{ .passwordSecret }}, key: {{ .usernameKey }}}}
{{- end }}
{{- end }}
{{- end }}
{{- if .sentinelMaster }}
- {name: FLOWLOOM_REDIS_SENTINEL_MASTER, value: {{ .sentinelMaster | quote }}}
{{- end }}
- {name: FLOWLOOM_REDIS_KEY_PREFIX, value: {{ .keyPrefix | quote }}}
{{- end }}
{{- end }}
{{- with $values.otlp }}
{{- if .endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: OTEL_EXPORTER_OTLP_PROTOCOL, value: {{ .protocol | quote }}}
- {name: FLOWLOOM_SELF_TELEMETRY, value: {{ .selfTelemetry | quote }}}
{{- if .headersSecret }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom: {secretKeyRef: {name: {{ .headersSecret }}, key: {{ .headersKey }}}}
{{- end }}
{{- end }}
{{- end }}
{{- if or $values.trustedCA.secret $values.trustedCA.configMap }}
- {name: NODE_EXTRA_CA_CERTS, value: /etc/flowloom/ca/{{ $values.trustedCA.key }}}
{{- end }}
{{- end -}}

{{- /* `settings` of all and of one component, the latter stronger. */ -}}
{{- define "flowloom.settings" -}}
{{- $own := dict -}}
{{- with .component }}{{ $own = (index $.root.Values .).settings }}{{ end -}}
{{- range $name, $value := mergeOverwrite (deepCopy .root.Values.settings) $own }}
- {name: {{ $name }}, value: {{ ternary ($value | int64 | toString) ($value | toString) (kindIs "float64" $value) | quote }}}
{{- end }}
{{- end -}}
