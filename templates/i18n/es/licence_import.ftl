licence-import-plan-free-quantity = Free (Cantidad)
licence-import-plan-free-date = Free (Fecha)
licence-import-plan-paid-quantity = Pagado (Cantidad)
licence-import-plan-paid-date = Pagado (Fecha)
