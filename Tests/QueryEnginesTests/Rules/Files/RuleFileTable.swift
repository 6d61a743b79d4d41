/// Files of rules, right and wrong.
enum RuleFileTable {
    static let full = """
        # Rules of nodes.
        groups:
        - name: node
          interval: 30s
          limit: 10
          rules:
          - record: job:up:sum
            expr: sum by (job) ( up )
            labels: {team: infra, port: 9100, empty: null, enabled: true}
          - alert: Down
            expr: |
              up
                == 0
            for: 5m
            keep_firing_for: 10m
            labels:
              severity: page
            annotations:
              summary: "{{ $labels.instance }} is down"
              description: >-
                {{ with query "up" }}{{ . | first | value | humanize }}{{ end }}
        - name: other
          interval:
          rules:
          - record: x
            expr: "1"
        """

    static let merged = """
        groups:
        - name: a
          rules:
          - record: r
            expr: up
            labels: &labels
              <<: [{team: infra}, {team: other}]
              severity: page
          - <<: {record: s, expr: up}
            labels: {<<: {team: infra}}
          - record: t
            expr: up
            labels: *labels
        """

    static let valid: [String] = [
        full,
        "groups: [{name: a, rules: []}]",
        "groups: [{name: a}]",
        "groups: [{name: a, rules: [{record: r, expr: up, for: 0s}]}]",
        "groups: [{name: a, limit: 5, rules: [{record: 'a:b:c', expr: 'rate(x[5m])'}]}]",
        "groups: [{name: a, rules: [{alert: Any name, expr: vector(1)}, {alert: Any name, expr: vector(1)}]}]",
        "groups: [{name: 5, rules: [{alert: 5, expr: 1, labels: {a: 1.50}, annotations: {b: 2024-01-01}}]}]",
        "groups: [{name: a, interval: 1h30m, rules: [{alert: A, expr: up, for: 1d12h}]}]",
        "groups: [{name: a, rules: [{alert: A, expr: up, annotations: {a: '{{ $value | humanize }}'}}]}]",
        "groups: [{name: a, rules: [{alert: A, expr: up, annotations: {a: '{{ if .Value }}x{{ else }}y{{ end }}'}}]}]",
        "groups: [{name: a, rules: [{alert: A, expr: up, labels: {a: '{{ range query \"up\" }}x{{ end }}'}}]}]",
        "groups: [{name: a, rules: [{alert: A, expr: up, annotations: {a: '{{ .Nope }} {{ $externalURL }}'}}]}]",
        "groups: [{name: a, rules: [{record: r, expr: up, labels: {a: '{{ not checked'}}]}]",
    ]

    static let invalid: [(text: String, problems: [String])] = [
        (
            "groups:\n- name: a\n  rules:\n  - alert: X\n    expr: up\n    foo: 3\n",
            ["a.yml:6:5: field foo not found in rule"]
        ),
        ("group: []\n", ["a.yml:1:1: field group not found in rule groups"]),
        ("groups:\n- name: a\n  rule: []\n", ["a.yml:3:3: field rule not found in rule group"]),
        ("groups: 3\n", ["a.yml:1:9: cannot unmarshal !!int `3` into groups"]),
        ("- a\n", ["a.yml:1:1: cannot unmarshal !!seq into rule groups"]),
        ("groups: [a]\n", ["a.yml:1:10: cannot unmarshal !!str `a` into rule group"]),
        (
            "groups:\n- name: [a]\n  interval: 5x\n",
            [
                "a.yml:2:9: cannot unmarshal !!seq into string",
                "a.yml:3:13: not a valid duration string: \"5x\"", "a.yml:2:3: Groupname must not be empty",
            ]
        ),
        ("groups:\n- rules: []\n", ["a.yml:2:3: Groupname must not be empty"]),
        (
            "groups:\n- name: a\n- name: a\n",
            ["a.yml:3:3: groupname: \"a\" is repeated in the same file"]
        ),
        ("groups:\n- name: a\n  limit: x\n", ["a.yml:3:10: cannot unmarshal !!str `x` into int"]),
        ("groups:\n- name: a\n  interval: 5\n", ["a.yml:3:13: not a valid duration string: \"5\""]),
        ("groups:\n- name: a\n  labels: {__name__: x}\n", ["a.yml:3:12: invalid label name: __name__"]),
        (
            rule("record: r, alert: b, expr: up"),
            ["a.yml:4:14: group \"a\", rule 1, \"b\": only one of 'record' and 'alert' must be set"]
        ),
        (
            rule("expr: up"), ["a.yml:4:5: group \"a\", rule 1, \"\": one of 'record' or 'alert' must be set"]
        ),
        (rule("record: r"), ["a.yml:4:5: group \"a\", rule 1, \"r\": field 'expr' must be set in rule"]),
        (
            rule("record: r, expr: sum("),
            [
                "a.yml:4:23: group \"a\", rule 1, \"r\": could not parse expression: 1:5: parse error: "
                    + "unclosed left parenthesis"
            ]
        ),
        (
            rule("record: r, expr: up, for: 5m, annotations: {a: b}, keep_firing_for: 1m"),
            [
                "a.yml:4:14: group \"a\", rule 1, \"r\": invalid field 'annotations' in recording rule",
                "a.yml:4:14: group \"a\", rule 1, \"r\": invalid field 'for' in recording rule",
                "a.yml:4:14: group \"a\", rule 1, \"r\": invalid field 'keep_firing_for' in recording rule",
            ]
        ),
        (
            rule("record: 'up{a=\"b\"}', expr: up"),
            [
                "a.yml:4:14: group \"a\", rule 1, \"up{a=\\\"b\\\"}\": braces present in the recording rule name; "
                    + "should it be in expr?: up{a=\"b\"}"
            ]
        ),
        (
            rule("alert: A, expr: up, labels: {__name__: x, '': y}"),
            [
                "a.yml:4:35: group \"a\", rule 1, \"A\": invalid label name: __name__",
                "a.yml:4:48: group \"a\", rule 1, \"A\": invalid label name: ",
            ]
        ),
        (
            rule("alert: A, expr: up, annotations: {x: '{{ $foo }}'}"),
            [
                "a.yml:4:43: group \"a\", rule 1, \"A\": annotation \"x\": template: __alert_A:1: "
                    + "undefined variable \"$foo\""
            ]
        ),
        (
            rule("alert: A, expr: up, labels: {x: '{{ nope }}'}"),
            [
                "a.yml:4:38: group \"a\", rule 1, \"A\": label \"x\": template: __alert_A:1: "
                    + "function \"nope\" not defined"
            ]
        ),
        (rule("alert: A, expr: up, for: abc"), ["a.yml:4:31: not a valid duration string: \"abc\""]),
        (rule("alert: A, expr: up, labels: x"), ["a.yml:4:34: cannot unmarshal !!str `x` into map[string]string"]),
        ("groups:\n- name: a\n  name: b\n", ["a.yml:2:3: yaml: mapping key \"name\" already defined"]),
        ("groups: [\n", ["a.yml:2:1: yaml: did not find expected node content"]),
    ]

    private static func rule(_ fields: String) -> String { "groups:\n- name: a\n  rules:\n  - {\(fields)}\n" }
}
