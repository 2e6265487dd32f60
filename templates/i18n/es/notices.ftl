# Avisos de lo que vence pronto (src/notices)
notices-days = Días antes
notices-days-hint = Entre 1 y 30.
notices-look = Así será el aviso
notices-look-note = Cada persona lo recibe en su idioma, con todo lo suyo en un solo correo.
notices-due = { $n ->
    [one] Ahora mismo se avisaría a { $count } persona, de { $things }:
   *[other] Ahora mismo se avisaría a { $count } personas, de { $things }:
}
notices-due-many = { $n ->
    [one] Ahora mismo se avisaría a más de { $count } persona:
   *[other] Ahora mismo se avisaría a más de { $count } personas:
}
notices-due-none = Ahora mismo no hay nadie a quien avisar.
notices-others = { $n ->
    [one] y { $count } persona más
   *[other] y { $count } personas más
}
licences-set-notices = Avisar por correo antes de que venzan
licences-set-notices-hint = Cada vencimiento se avisa una sola vez, a las 9:00. No se avisa si otra licencia de lo mismo dura más.
job-kind-licences-notices = Avisar de las licencias que vencen pronto
audit-field-notices = Avisar por correo
audit-field-notice-days = Días antes del aviso
