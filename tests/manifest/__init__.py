"""The Teams app package: built the same every time, and every defect found with its cure."""
