extension TemplateFunctions {
    static let logic: TemplateFunctions = [
        "and": TemplateFunction(.and),
        "or": TemplateFunction(.or),
        "not": TemplateFunction(.any) { arguments throws(TemplateError) in .bool(!arguments[0].isTrue) },
    ]
}
