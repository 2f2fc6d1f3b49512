{{- /* What the pods of all components share: (dict "root" $ "component" "tagger"). */ -}}
{{- define "flowloom.podMetadata" -}}
{{- $own := index .root.Values .component -}}
labels:
  {{- include "flowloom.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  {{- with $own.podLabels }}{{ toYaml . | nindent 2 }}{{ end }}
{{- with $own.podAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "flowloom.podPlacement" -}}
{{- $own := index .root.Values .component -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $own.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
# An orderly stop takes at most FLOWLOOM_SHUTDOWN_TIMEOUT_MS, 25 s.
terminationGracePeriodSeconds: 30
# Variables for other Services are of no use, and would bear the same FLOWLOOM_ prefix as the settings.
enableServiceLinks: false
{{- end -}}

{{- define "flowloom.containerStart" -}}
image: {{ include "flowloom.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: [{{ .component }}]
{{- end -}}

{{- /* Alive from the first second, ready when Kafka answers and the service has begun; Kafka away is no reason to restart. */ -}}
{{- define "flowloom.probes" -}}
startupProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 2, failureThreshold: 60}
livenessProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
readinessProbe: {httpGet: {path: /readyz, port: http}, periodSeconds: 5, timeoutSeconds: 5}
{{- end -}}

{{- /* For all but the capturer, and the test. */ -}}
{{- define "flowloom.nonRoot" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- /* Certificates: trusted authorities, and what is shown to brokers. */ -}}
{{- define "flowloom.certificateMounts" -}}
{{- if .Values.kafka.tls.clientSecret }}
- {name: kafka-client, mountPath: /etc/flowloom/kafka, readOnly: true}
{{- end }}
{{- if or .Values.trustedCA.secret .Values.trustedCA.configMap }}
- {name: ca, mountPath: /etc/flowloom/ca, readOnly: true}
{{- end }}
{{- end -}}

{{- define "flowloom.certificateVolumes" -}}
{{- with .Values.kafka.tls.clientSecret }}
- {name: kafka-client, secret: {secretName: {{ . }}, defaultMode: 0440}}
{{- end }}
{{- with .Values.trustedCA }}
{{- if .secret }}
- {name: ca, secret: {secretName: {{ .secret }}}}
{{- else if .configMap }}
- {name: ca, configMap: {name: {{ .configMap }}}}
{{- end }}
{{- end }}
{{- end -}}
