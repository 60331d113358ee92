"""What a planner takes home: tables, workbooks, layers, pictures and reports of a coverage answer."""
