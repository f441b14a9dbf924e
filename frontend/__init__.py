"""What people see: Streamlit pages that speak to the API and know nothing else of the backend."""
